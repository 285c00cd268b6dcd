/* A tariff's text as a YAML document: what shape it may have, and where each field stands.
 *
 * Only the plain part of YAML is let through: one document, no anchors, aliases, tags or
 * directives, no tabs, bounded depth. What is left has one reading, the same for every reader,
 * and needs memory in proportion to its length. Internal to this room. One thread. */
#pragma once

#include "status/error.h"

#include <stdbool.h>
#include <stddef.h>

#include <yaml.h>

/* rules[0].fees[0].tiers[0] is seven containers deep; more is no tariff. */
#define RL_DOCUMENT_DEPTH_MAX 8

typedef struct rl_document {
  const char *file; /* for messages; the caller's */
  const char *text; /* the caller's */
  size_t length;    /* bytes */
  yaml_document_t yaml;
} rl_document;

/* RL_INVALID for what is not plain YAML, RL_OUT_OF_RANGE for too long or too deep a text. `text`
 * and `file` must outlive the document. Ended by rl_document_fini. */
RL_MUST_USE rl_status rl_document_init(rl_document *document, const char *text, size_t length,
                                       const char *file, rl_error *error);
void rl_document_fini(rl_document *document);

/* The line, counted from 1, of the field named by a path such as "rules[2].fees[0].bps"; of its
 * nearest ancestor if it is not there. Of a key that stands twice, the last. */
unsigned rl_document_line(const rl_document *document, const char *path);

/* Whether there is such a field. */
bool rl_document_has(const rl_document *document, const char *path);

/* rl_fail with the document's file and the field's line. Control characters, which can only come
 * from the document, are shown as '?'. */
rl_status rl_document_fail(const rl_document *document, rl_error *error, rl_status status,
                           const char *field, const char *format, ...)
  __attribute__((format(printf, 5, 6)));
