/* libcyaml says what is wrong through its log: a message, then a backtrace from the innermost
 * field outwards. Both are caught here and become the path of the field; the line comes from the
 * document, since the backtrace gives the place where reading stopped, not where the field
 * stands. A log that is not of the known form costs the path, never the refusal. */
#include "tariff/schema.h"

#include <cyaml/cyaml.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUST CYAML_FLAG_POINTER
#define MAY (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define TEXT(key, flags, type, member) \
  CYAML_FIELD_STRING_PTR(key, flags, type, member, 0, CYAML_UNLIMITED)
#define LIST(key, flags, type, member, entry) \
  CYAML_FIELD_SEQUENCE(key, flags, type, member, entry, 0, CYAML_UNLIMITED)

static const cyaml_schema_field_t fee_fields[] = {
  TEXT("name", MUST, rl_raw_fee, name),
  TEXT("kind", MUST, rl_raw_fee, kind),
  TEXT("side", MAY, rl_raw_fee, side),
  TEXT("mode", MAY, rl_raw_fee, mode),
  TEXT("amount", MAY, rl_raw_fee, amount),
  TEXT("bps", MAY, rl_raw_fee, bps),
  TEXT("min", MAY, rl_raw_fee, min),
  TEXT("max", MAY, rl_raw_fee, max),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t fee_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_fee, fee_fields),
};

static const cyaml_schema_field_t rule_fields[] = {
  TEXT("name", MUST, rl_raw_rule, name),
  TEXT("tier", MAY, rl_raw_rule, tier),
  TEXT("from", MAY, rl_raw_rule, from),
  TEXT("to", MAY, rl_raw_rule, to),
  TEXT("markup_bps", MAY, rl_raw_rule, markup_bps),
  LIST("fees", MAY, rl_raw_rule, fees, &fee_schema),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t rule_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_rule, rule_fields),
};

static const cyaml_schema_field_t lock_fields[] = {
  TEXT("ttl", MUST, rl_raw_lock, ttl),
  TEXT("premium_bps", MAY, rl_raw_lock, premium_bps),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t lock_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_lock, lock_fields),
};

static const cyaml_schema_field_t tariff_fields[] = {
  TEXT("tariff", MUST, rl_raw_tariff, tariff),
  TEXT("rate_digits", MAY, rl_raw_tariff, rate_digits),
  TEXT("default_tier", MAY, rl_raw_tariff, default_tier),
  TEXT("default_ttl", MAY, rl_raw_tariff, default_ttl),
  LIST("locks", MUST, rl_raw_tariff, locks, &lock_schema),
  LIST("rules", MUST, rl_raw_tariff, rules, &rule_schema),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t tariff_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, rl_raw_tariff, tariff_fields),
};

/* What libcyaml logged about one failed load. */
typedef struct load_log {
  char message[160];
  char leaf[64];   /* innermost step of the backtrace, "" if it names no field */
  char path[96];   /* all steps around it */
  unsigned steps;  /* backtrace lines seen */
} load_log;

/* One backtrace line as a step of a path: "name", "[3]", or "" where no field is named. */
static void read_step(const char *line, char *out, size_t size)
{
  const char *open = strchr(line, '\'');
  const char *close = open ? strrchr(line, '\'') : NULL;
  out[0] = '\0';
  if (!open || close == open)
    return;
  int length = (int)(close - open - 1);
  if (strstr(line, "sequence entry")) {
    unsigned long entries = strtoul(open + 1, NULL, 10);
    snprintf(out, size, "[%lu]", entries > 0 ? entries - 1 : 0);
  } else {
    snprintf(out, size, "%.*s", length, open + 1);
  }
}

/* Cut to size: only an unknown key can be so long. */
static void join(char *out, size_t size, const char *outer, const char *inner)
{
  const char *dot = outer[0] && inner[0] && inner[0] != '[' ? "." : "";
  int length = snprintf(out, size, "%s%s%s", outer, dot, inner);
  RL_ASSERT(length >= 0);
}

static void take_step(load_log *log, const char *line)
{
  char step[sizeof log->leaf];
  read_step(line, step, sizeof step);
  if (log->steps++ == 0) {
    memcpy(log->leaf, step, sizeof step);
    return;
  }
  char inner[sizeof log->path];
  memcpy(inner, log->path, sizeof inner);
  join(log->path, sizeof log->path, step, inner);
}

__attribute__((format(printf, 3, 0)))
static void take_log(cyaml_log_t level, void *context, const char *format, va_list arguments)
{
  (void)level;
  load_log *log = context;
  char line[sizeof log->message];
  vsnprintf(line, sizeof line, format, arguments);
  line[strcspn(line, "\n")] = '\0';
  if (strncmp(line, "  in ", 5) == 0)
    take_step(log, line);
  else if (!log->message[0] && !strstr(line, "Backtrace"))
    memcpy(log->message, line, sizeof line);
}

static cyaml_config_t config_for(load_log *log)
{
  return (cyaml_config_t){
    .log_fn = log ? take_log : NULL,
    .log_ctx = log,
    .mem_fn = cyaml_mem,
    .log_level = CYAML_LOG_ERROR,
    .flags = CYAML_CFG_NO_ALIAS,
  };
}

static const cyaml_schema_field_t *fields_at(const char *path)
{
  if (strstr(path, ".fees["))
    return fee_fields;
  if (strncmp(path, "rules[", 6) == 0)
    return rule_fields;
  return strncmp(path, "locks[", 6) == 0 ? lock_fields : tariff_fields;
}

static void list_keys(const cyaml_schema_field_t *fields, char *out, size_t size)
{
  size_t used = 0;
  for (; fields->key && used < size; fields++)
    used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", fields->key);
}

static const char *expected_shape(const char *message)
{
  if (strstr(message, "Expecting SEQUENCE"))
    return "a list is expected here, such as \"- name: standard\"";
  if (strstr(message, "Expecting MAPPING"))
    return "keys with values are expected here, such as \"name: standard\"";
  return "a single value is expected here, not a list or a mapping";
}

/* What follows "what: " in the message, or "". */
static const char *said_after(const load_log *log, const char *what)
{
  const char *found = strstr(log->message, what);
  return found ? found + strlen(what) : "";
}

static rl_status fail_key(const rl_document *document, const load_log *log, const char *key,
                          bool known, rl_error *error)
{
  char field[sizeof log->path];
  char keys[160];
  join(field, sizeof field, log->path, key);
  if (known)
    return rl_document_fail(document, error, RL_INVALID, field, "missing; add it");
  list_keys(fields_at(log->path), keys, sizeof keys);
  return rl_document_fail(document, error, RL_NOT_FOUND, field,
                          "unknown key; the keys here are %s", keys);
}

static rl_status fail_load(const rl_document *document, cyaml_err_t code, const load_log *log,
                           rl_error *error)
{
  if (code == CYAML_ERR_OOM)
    return rl_document_fail(document, error, RL_NO_MEMORY, "", "out of memory");
  if (code == CYAML_ERR_INVALID_KEY)
    return fail_key(document, log, said_after(log, "Unexpected key: "), false, error);
  if (code == CYAML_ERR_MAPPING_FIELD_MISSING)
    return fail_key(document, log, said_after(log, "mapping field: "), true, error);
  char field[sizeof log->path];
  join(field, sizeof field, log->path, log->leaf);
  if (strstr(log->message, "already seen"))
    return rl_document_fail(document, error, RL_EXISTS, field, "given twice; keep one");
  if (code == CYAML_ERR_INVALID_VALUE)
    return rl_document_fail(document, error, RL_INVALID, field, "%s",
                            expected_shape(log->message));
  return rl_document_fail(document, error, RL_INVALID, field, "%s", cyaml_strerror(code));
}

rl_status rl_raw_tariff_load(const rl_document *document, rl_raw_tariff **out, rl_error *error)
{
  load_log log = {.message = ""};
  cyaml_config_t config = config_for(&log);
  cyaml_data_t *data = NULL;
  cyaml_err_t code = cyaml_load_data((const uint8_t *)document->text, document->length, &config,
                                     &tariff_schema, &data, NULL);
  if (code != CYAML_OK)
    return fail_load(document, code, &log, error);
  RL_ASSERT(data != NULL);
  *out = data;
  return RL_OK;
}

void rl_raw_tariff_free(rl_raw_tariff *raw)
{
  cyaml_config_t config = config_for(NULL);
  cyaml_err_t code = cyaml_free(&config, &tariff_schema, raw, 0);
  RL_ASSERT(code == CYAML_OK);
}
