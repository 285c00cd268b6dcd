/* One line of an export: made from a record's bytes, and taken apart again. */
#pragma once

#include "export/export.h"

/* A record as the store has it. */
typedef struct rl_export_record {
  rl_export_kind kind;
  uint64_t number;   /* of a transaction: its bytes do not say it */
  const void *bytes; /* of a tariff: its text */
  size_t size;
} rl_export_record;

/* What both ways need room for: one each, on the heap. */
typedef struct rl_line_maker {
  uint8_t *packed; /* the line's fields as msgpack */
  char *text;      /* the line */
} rl_line_maker;
RL_MUST_USE rl_status rl_line_maker_init(rl_line_maker *maker);
void rl_line_maker_fini(rl_line_maker *maker);

/* The line, its newline included, in maker->text. RL_CORRUPT for bytes that are no such record. */
RL_MUST_USE rl_status rl_line_make(rl_line_maker *maker, const rl_export_record *record,
                                   size_t *length);
/* The first and the last line likewise. */
size_t rl_line_make_head(rl_line_maker *maker, const rl_export_report *report);
size_t rl_line_make_tail(rl_line_maker *maker, const rl_export_report *report);

/* The record that a line says it is of; its bytes are put into `room`. RL_INVALID for a line of
 * another form. Nothing is said of the rest of the line. */
#define RL_EXPORT_BYTES_MAX RL_TARIFF_TEXT_MAX
RL_MUST_USE rl_status rl_line_read(const char *line, size_t length, uint8_t *room,
                                   rl_export_record *out);
/* The store and interval of a first line. */
RL_MUST_USE rl_status rl_line_read_head(const char *line, size_t length, rl_export_report *out);

/* record.c: appends the fields of the record, as a msgpack map that begins with what rl_line_read
 * looks at. */
RL_MUST_USE rl_status rl_record_pack(rl_writer *writer, const rl_export_record *record);
