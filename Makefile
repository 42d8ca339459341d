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
CFLAGS_ALL := $(COMMON) $(OPT_$(MODE)) $(CFLAGS)
LIBS := -lgmp -lm -ldl -lpthread -lz

# src/main/ holds one file per program beside the shared ones: kaa.c (the interpreter), kaac.c (compiles the library's
# start-up files to the data that kaa links).
PROGRAMS := src/main/kaa.c src/main/kaac.c src/main/frozen.c src/main/frozen_none.c
SRC := $(sort $(filter-out $(PROGRAMS),$(shell find src -name '*.c')))
OBJ := $(SRC:src/%.c=$(B)/%.o)
KAA_OBJ := $(OBJ) $(B)/main/kaa.o $(B)/main/frozen.o
KAAC_OBJ := $(OBJ) $(B)/main/kaac.o $(B)/main/frozen_none.o

.PHONY: all objects install clean FORCE
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
$(B)/vm/eval.o: CFLAGS_ALL += -fno-gcse -fno-crossjumping
endif

$(B)/modules/sys/sys_info.o: CFLAGS_ALL += -DKAA_VERSION='"$(shell cat VERSION)"'
$(B)/modules/sys/sys_info.o: VERSION

# A builtin module is a file or a folder of src/modules/.
MODULE_NAMES := $(sort $(basename $(notdir $(wildcard src/modules/*.c))) $(notdir $(patsubst %/,%,$(wildcard src/modules/*/))))
$(B)/gen/builtin_modules.def: FORCE
	@mkdir -p $(@D); for m in $(MODULE_NAMES); do echo "MODULE_ROW($$m)"; done > $@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@
$(B)/runtime/import_extension.o: $(B)/gen/builtin_modules.def

# The library modules that start-up needs before it can read files.
STDLIB ?= /usr/lib/python3.11
FROZEN := _frozen_importlib=importlib/_bootstrap _frozen_importlib_external=importlib/_bootstrap_external zipimport=zipimport
FREEZE ?= $(B)/kaac
$(B)/gen/frozen_data.h: $(FREEZE)
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
