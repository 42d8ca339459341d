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

SRC := $(sort $(shell find src -name '*.c'))
OBJ := $(SRC:src/%.c=$(B)/%.o)

.PHONY: all objects FORCE
all: build/kaa
objects: $(OBJ)

build/kaa: $(B)/kaa
	@ln -sfn $(MODE)/kaa $@
$(B)/kaa: $(OBJ)
	$(CC) $(OPT_$(MODE)) -rdynamic -no-pie -o $@ $(OBJ) $(LIBS)
$(B)/%.o: src/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -fno-pie -c -o $@ $<

# Unicode's data files, from Debian's unicode-data
UNICODE_DATA ?= /usr/share/unicode
$(B)/gen/unicode_tables: tools/unicode_tables.c
	@mkdir -p $(@D)
	$(CC) -O1 -std=gnu17 -D_GNU_SOURCE -o $@ $<
$(B)/gen/unicode_types.h $(B)/gen/unicode_db.h &: $(B)/gen/unicode_tables
	$< $(UNICODE_DATA) $(B)/gen
$(B)/base/unicode.o: $(B)/gen/unicode_types.h
$(B)/modules/unicodedata.o: $(B)/gen/unicode_db.h
-include $(OBJ:.o=.d)
