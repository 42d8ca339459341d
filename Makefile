# Kaa's build. `make` builds build/kaa; see README.md for the rest.
MODE ?= release
CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
B := build/$(MODE)
COMMON := -std=gnu17 -D_GNU_SOURCE -Isrc -I$(B)/gen -fvisibility=hidden -fno-strict-aliasing -fwrapv -fno-semantic-interposition \
          -Wall -Wextra -Werror -Wswitch-enum -Wno-missing-field-initializers -Wno-unused-parameter -MMD -MP
WARN_gcc := -Wjump-misses-init
ifneq (,$(findstring clang,$(CC)))
COMMON += -Wno-gnu-zero-variadic-macro-arguments
else
COMMON += $(WARN_gcc)
endif
OPT_release := -O2 -g1 -DNDEBUG
OPT_debug   := -Og -g
OPT_san     := -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -DKAA_SANITIZE
OPT_stress  := -O1 -g -DKAA_STRESS
# pgo: `make MODE=pgo` builds with counters, runs the training programs, and builds again with what they told.
PGO_STEP ?= use
# What a profile makes inline gives false alarms about uninitialised variables.
OPT_pgo_generate := -O2 -g1 -DNDEBUG -Wno-maybe-uninitialized -fprofile-generate -fprofile-update=prefer-atomic
OPT_pgo_use := -O2 -g1 -DNDEBUG -Wno-maybe-uninitialized -fprofile-use -fprofile-correction -Wno-missing-profile -flto=2 -fuse-linker-plugin
OPT_pgo := $(OPT_pgo_$(PGO_STEP))
CFLAGS_ALL := $(COMMON) $(OPT_$(MODE)) $(CFLAGS)
LIBS := -lgmp -lm -ldl -lpthread -lz

# src/main/ holds one file per program beside the shared ones: kaa.c (the interpreter), kaac.c (compiles the library's
# start-up files to the data that kaa links).
PROGRAMS := src/main/kaa.c src/main/kaac.c src/main/frozen.c src/main/frozen_none.c
SRC := $(sort $(filter-out $(PROGRAMS),$(shell find src -name '*.c')))
OBJ := $(SRC:src/%.c=$(B)/%.o)
KAA_OBJ := $(OBJ) $(B)/main/kaa.o $(B)/main/frozen.o
KAAC_OBJ := $(OBJ) $(B)/main/kaac.o $(B)/main/frozen_none.o

.PHONY: all objects lib install train clean demo test t check bench parity conformance FORCE
all: build/kaa
objects: $(KAA_OBJ) $(KAAC_OBJ)

build/kaa: $(B)/kaa
	@ln -sfn $(MODE)/kaa $@
$(B)/kaa: $(KAA_OBJ)
	$(CC) $(OPT_$(MODE)) -rdynamic -no-pie -o $@ $(KAA_OBJ) $(LIBS)
$(B)/kaac: $(KAAC_OBJ)
	$(CC) $(OPT_$(MODE)) -no-pie -o $@ $(KAAC_OBJ) $(LIBS)
$(B)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -fno-pie -c -o $@ $<

# Merging the ends of instructions would take their indirect jumps away from them.
ifeq (,$(findstring clang,$(CC)))
$(B)/vm/eval.o: CFLAGS_ALL += -fno-gcse -fno-crossjumping --param large-function-growth=3000 --param inline-unit-growth=500
endif

$(B)/modules/sys/sys_info.o: CFLAGS_ALL += -DKAA_VERSION='"$(shell cat VERSION)"'
$(B)/modules/sys/sys_info.o: VERSION

# The same as a shared library, for programs that embed it: position independent objects of their own.
PIC_OBJ := $(OBJ:$(B)/%.o=$(B)/pic/%.o) $(B)/pic/main/frozen.o
lib: $(B)/libkaa.so.0
$(B)/libkaa.so.0: $(PIC_OBJ)
	$(CC) $(OPT_$(MODE)) -shared -Wl,-soname,libkaa.so.0 -o $@ $(PIC_OBJ) $(LIBS)
	@ln -sfn libkaa.so.0 $(B)/libkaa.so
$(B)/pic/%.o: src/%.c $(B)/%.o
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) $(if $(findstring sys_info,$@),-DKAA_VERSION='"$(shell cat VERSION)"') -fPIC -c -o $@ $<

# The profile stays beside the objects: the second step finds it there.
train:
	$(MAKE) MODE=pgo PGO_STEP=generate build/pgo/kaa
	set -e; for f in $(wildcard bench/*.py); do PYTHONPYCACHEPREFIX=build/pgo/pycache build/pgo/kaa $$f; done
	find build/pgo -name '*.o' -delete; rm -f build/pgo/kaa build/pgo/kaac

PREFIX ?= /usr/local
install: $(B)/kaa lib
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/kaa/python3.11
	install $(B)/kaa $(DESTDIR)$(PREFIX)/bin/kaa
	install -m 644 $(B)/libkaa.so.0 $(DESTDIR)$(PREFIX)/lib/libkaa.so.0
	if [ -d lib ]; then cp -r lib/. $(DESTDIR)$(PREFIX)/lib/kaa/python3.11/; fi
clean:
	rm -rf $(B)

# A builtin module is a file or a folder of src/modules/.
MODULE_NAMES := $(sort $(basename $(notdir $(wildcard src/modules/*.c))) $(notdir $(patsubst %/,%,$(wildcard src/modules/*/))))
$(B)/gen/builtin_modules.def: FORCE
	@mkdir -p $(@D); for m in $(MODULE_NAMES); do echo "MODULE_ROW($$m)"; done > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(B)/runtime/import_extension.o: $(B)/gen/builtin_modules.def

# The library modules that start-up needs before it can read files.
STDLIB ?= /usr/lib/python3.11
FROZEN := _frozen_importlib=importlib/_bootstrap _frozen_importlib_external=importlib/_bootstrap_external zipimport=zipimport \
          $(foreach m,abc codecs io _collections_abc _sitebuiltins genericpath ntpath posixpath os site stat runpy,$(m)=$(m)) \
          importlib.util=importlib/util importlib.machinery=importlib/machinery
FREEZE ?= $(B)/kaac
$(B)/gen/frozen_data.h: $(FREEZE) Makefile
	@mkdir -p $(@D)
	$(FREEZE) $@.new $(STDLIB) $(FROZEN) && mv $@.new $@
$(B)/main/frozen.o: $(B)/gen/frozen_data.h

# Unicode's data files, from Debian's unicode-data
UNICODE_DATA ?= /usr/share/unicode
$(B)/gen/unicode_tables: tools/unicode_tables.c
	@mkdir -p $(@D)
	$(CC) -O1 -std=gnu17 -D_GNU_SOURCE -o $@ $<
$(B)/gen/unicode_types.h $(B)/gen/unicode_db_tables.h &: $(B)/gen/unicode_tables tools/unicode_3_2.txt
	$< $(UNICODE_DATA) tools/unicode_3_2.txt $(B)/gen
$(B)/base/unicode.o: $(B)/gen/unicode_types.h
$(B)/base/unicode_db.o: $(B)/gen/unicode_db_tables.h
-include $(KAA_OBJ:.o=.d) $(KAAC_OBJ:.o=.d)

# ---- for people ----
# No run may leave bytecode in Debian's folders.
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/build/pycache

# Installs what is missing, builds, and shows the interpreter at work.
demo:
	tools/deps
	$(MAKE) -j2 build/kaa
	build/kaa examples/tour.py
	$(if $(wildcard examples/inside.py),build/kaa examples/inside.py)
test:
	tools/deps test
	$(MAKE) -j2 build/kaa
	tools/test
# One test or folder of tests: make t T=objects/dict
t: build/kaa
	tools/test $(T)
parity: build/kaa
	tools/parity
conformance: build/kaa
	tools/conformance
bench: build/kaa
	tools/bench

# Before every commit: under three minutes.
QUICK := test_grammar test_dict test_list test_set test_iter test_scope test_long test_super test_property test_enum
check:
	$(MAKE) -j2 build/kaa
	tools/check_style
	tools/check_layers
	tools/check_refs
	tools/map | cmp - MAP.md
	tools/check_clang
	tools/test
	tools/parity --every 8
	tools/conformance $(QUICK)
