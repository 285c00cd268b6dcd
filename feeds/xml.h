/* XML, element by element, for those who read a document of a known form.
 *
 * Total: any bytes end in RL_OK or in an error with its line. Nothing expands and nothing is
 * fetched: a document type is refused, and with it every entity but the five that XML itself has.
 * Depth, path and text are bounded below, so memory does not follow the document. UTF-8, UTF-16,
 * ISO 8859-1 and ASCII, as the document declares them; texts are given as UTF-8.
 * One thread a document; keeps nothing. */
#pragma once

#include "status/error.h"

#include <stddef.h>

/* Elements within each other: ISO 20022 messages have up to 16. */
#define RL_XML_DEPTH_MAX 64
/* Bytes of the local names from the root to an element, with a '/' between them. */
#define RL_XML_PATH_MAX 1023
/* Bytes of text between two tags: a bank's longest free text has 500 characters. */
#define RL_XML_TEXT_MAX 65535
/* The parser counts bytes in an int; larger documents are another kind of thing. */
#define RL_XML_SIZE_MAX (1u << 30)

typedef struct rl_xml rl_xml;

/* What is told, in the document's order. Each may be NULL. After rl_xml_refuse nothing more is. */
typedef struct rl_xml_handler {
  /* An element begins: "NAMESPACE NAME", or "NAME" without one; attributes are name, value, …,
   * NULL. Both are valid during the call. */
  void (*open)(rl_xml *xml, void *context, const char *name, const char **attributes);
  /* The element at rl_xml_path ends. `text` is what stood since the tag before, without blanks
   * around it: the content, of an element without children. Valid during the call. */
  void (*close)(rl_xml *xml, void *context, const char *text);
  /* The document is whole and well-formed. */
  void (*end)(rl_xml *xml, void *context);
} rl_xml_handler;

/* `file` names the bytes in errors. RL_INVALID for what is no XML or has a document type,
 * RL_OUT_OF_RANGE beyond the limits above, RL_NO_MEMORY, or what rl_xml_refuse was told. */
RL_MUST_USE rl_status rl_xml_parse(const char *bytes, size_t size, const char *file,
                                   const rl_xml_handler *handler, void *context, rl_error *error);

/* Within a handler: the local names from the root on, "Document/BkToCstmrStmt/Stmt". */
const char *rl_xml_path(const rl_xml *xml);
unsigned rl_xml_line(const rl_xml *xml); /* counted from 1 */
/* Within a handler: ends the reading with an error at this line. Only the first one counts. */
void rl_xml_refuse(rl_xml *xml, rl_status status, const char *field, const char *format, ...)
  __attribute__((format(printf, 4, 5)));

/* The value of the attribute, NULL where there is none. */
const char *rl_xml_attribute(const char **attributes, const char *name);
