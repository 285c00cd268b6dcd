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
#define MAPPING(key, flags, type, member, fields) \
  CYAML_FIELD_MAPPING_PTR(key, flags, type, member, fields)

static const cyaml_schema_field_t tier_fields[] = {
  TEXT("from", MUST, rl_raw_part, from),
  TEXT("amount", MAY, rl_raw_part, amount),
  TEXT("bps", MAY, rl_raw_part, bps),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t tier_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_part, tier_fields),
};

static const cyaml_schema_field_t alternative_fields[] = {
  TEXT("amount", MAY, rl_raw_part, amount),
  TEXT("bps", MAY, rl_raw_part, bps),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t alternative_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_part, alternative_fields),
};

static const cyaml_schema_field_t fee_fields[] = {
  TEXT("name", MUST, rl_raw_fee, name),
  TEXT("kind", MUST, rl_raw_fee, kind),
  TEXT("side", MAY, rl_raw_fee, side),
  TEXT("mode", MAY, rl_raw_fee, mode),
  TEXT("amount", MAY, rl_raw_fee, amount),
  TEXT("bps", MAY, rl_raw_fee, bps),
  TEXT("min", MAY, rl_raw_fee, min),
  TEXT("max", MAY, rl_raw_fee, max),
  LIST("tiers", MAY, rl_raw_fee, tiers, &tier_schema),
  LIST("of", MAY, rl_raw_fee, of, &alternative_schema),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t fee_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_fee, fee_fields),
};

/* Who and what a rule or a waiver is for. */
#define SCOPE(type)                                      \
  TEXT("client", MAY, type, scope.client),               \
  TEXT("tier", MAY, type, scope.tier),                   \
  TEXT("method", MAY, type, scope.method),               \
  TEXT("from", MAY, type, scope.from),                   \
  TEXT("to", MAY, type, scope.to),                       \
  TEXT("pair", MAY, type, scope.pair),                   \
  TEXT("amount_from", MAY, type, scope.amount_from),     \
  TEXT("amount_below", MAY, type, scope.amount_below)

static const cyaml_schema_field_t rule_fields[] = {
  TEXT("name", MUST, rl_raw_rule, name),
  SCOPE(rl_raw_rule),
  TEXT("markup_bps", MAY, rl_raw_rule, markup_bps),
  TEXT("markup_bid_bps", MAY, rl_raw_rule, markup_bid_bps),
  TEXT("markup_ask_bps", MAY, rl_raw_rule, markup_ask_bps),
  TEXT("markup_points", MAY, rl_raw_rule, markup_points),
  TEXT("markup_bid_points", MAY, rl_raw_rule, markup_bid_points),
  TEXT("markup_ask_points", MAY, rl_raw_rule, markup_ask_points),
  TEXT("disclosure_decimals", MAY, rl_raw_rule, disclosure_decimals),
  LIST("fees", MAY, rl_raw_rule, fees, &fee_schema),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t rule_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_rule, rule_fields),
};

static const cyaml_schema_field_t waiver_fields[] = {
  TEXT("name", MUST, rl_raw_waiver, name),
  TEXT("fee", MUST, rl_raw_waiver, fee),
  SCOPE(rl_raw_waiver),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t waiver_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_waiver, waiver_fields),
};

static const cyaml_schema_field_t lock_fields[] = {
  TEXT("ttl", MUST, rl_raw_lock, ttl),
  TEXT("premium_bps", MAY, rl_raw_lock, premium_bps),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t lock_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_lock, lock_fields),
};

static const cyaml_schema_field_t lock_premium_fields[] = {
  TEXT("volatility_multiple", MUST, rl_raw_lock_premium, volatility_multiple),
  TEXT("floor_bps", MAY, rl_raw_lock_premium, floor_bps),
  TEXT("cap_bps", MUST, rl_raw_lock_premium, cap_bps),
  CYAML_FIELD_END,
};

static const cyaml_schema_field_t surcharge_fields[] = {
  TEXT("name", MUST, rl_raw_surcharge, name),
  TEXT("when", MUST, rl_raw_surcharge, when),
  TEXT("bound", MAY, rl_raw_surcharge, bound),
  TEXT("markup_bps", MUST, rl_raw_surcharge, markup_bps),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t surcharge_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_surcharge, surcharge_fields),
};

static const cyaml_schema_field_t increment_fields[] = {
  TEXT("currency", MUST, rl_raw_increment, currency),
  TEXT("increment", MUST, rl_raw_increment, increment),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t increment_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_increment, increment_fields),
};

static const cyaml_schema_field_t trial_fields[] = {
  TEXT("file", MUST, rl_raw_trial, file),
  TEXT("percent", MUST, rl_raw_trial, percent),
  CYAML_FIELD_END,
};

static const cyaml_schema_field_t leg_fields[] = {
  TEXT("pair", MUST, rl_raw_leg, pair),
  TEXT("bid", MUST, rl_raw_leg, bid),
  TEXT("ask", MUST, rl_raw_leg, ask),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t leg_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_leg, leg_fields),
};

static const cyaml_schema_field_t item_fields[] = {
  TEXT("name", MUST, rl_raw_item, name),
  TEXT("amount", MUST, rl_raw_item, amount),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t item_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_item, item_fields),
};

static const cyaml_schema_field_t expect_fields[] = {
  TEXT("refused", MAY, rl_raw_expect, refused),
  TEXT("client_rate", MAY, rl_raw_expect, client_rate),
  TEXT("charge", MAY, rl_raw_expect, charge),
  TEXT("source", MAY, rl_raw_expect, source),
  TEXT("net", MAY, rl_raw_expect, net),
  TEXT("gross", MAY, rl_raw_expect, gross),
  TEXT("target", MAY, rl_raw_expect, target),
  TEXT("residue", MAY, rl_raw_expect, residue),
  LIST("fees", MAY, rl_raw_expect, fees, &item_schema),
  CYAML_FIELD_END,
};

static const cyaml_schema_field_t example_fields[] = {
  TEXT("name", MUST, rl_raw_example, name),
  LIST("market", MUST, rl_raw_example, market, &leg_schema),
  TEXT("base", MAY, rl_raw_example, base),
  TEXT("from", MUST, rl_raw_example, from),
  TEXT("to", MUST, rl_raw_example, to),
  TEXT("amount", MUST, rl_raw_example, amount),
  TEXT("fix", MAY, rl_raw_example, fix),
  TEXT("ttl", MAY, rl_raw_example, ttl),
  TEXT("client", MAY, rl_raw_example, client),
  TEXT("tier", MAY, rl_raw_example, tier),
  TEXT("method", MAY, rl_raw_example, method),
  TEXT("pip", MAY, rl_raw_example, pip),
  TEXT("closed", MAY, rl_raw_example, closed),
  TEXT("reference", MAY, rl_raw_example, reference),
  TEXT("sources", MAY, rl_raw_example, sources),
  TEXT("age_percent", MAY, rl_raw_example, age_percent),
  TEXT("volatility_ppm", MAY, rl_raw_example, volatility_ppm),
  MAPPING("expect", MUST, rl_raw_example, expect, expect_fields),
  CYAML_FIELD_END,
};
static const cyaml_schema_value_t example_schema = {
  CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, rl_raw_example, example_fields),
};

static const cyaml_schema_field_t tariff_fields[] = {
  TEXT("tariff", MUST, rl_raw_tariff, tariff),
  TEXT("rate_digits", MAY, rl_raw_tariff, rate_digits),
  TEXT("default_tier", MAY, rl_raw_tariff, default_tier),
  TEXT("default_ttl", MAY, rl_raw_tariff, default_ttl),
  LIST("locks", MUST, rl_raw_tariff, locks, &lock_schema),
  MAPPING("lock_premium", MAY, rl_raw_tariff, lock_premium, lock_premium_fields),
  LIST("surcharges", MAY, rl_raw_tariff, surcharges, &surcharge_schema),
  LIST("payout_increments", MAY, rl_raw_tariff, payout_increments, &increment_schema),
  MAPPING("trial", MAY, rl_raw_tariff, trial, trial_fields),
  LIST("rules", MUST, rl_raw_tariff, rules, &rule_schema),
  LIST("waivers", MAY, rl_raw_tariff, waivers, &waiver_schema),
  LIST("examples", MAY, rl_raw_tariff, examples, &example_schema),
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

/* The field whose key the path begins with, or NULL. */
static const cyaml_schema_field_t *field_named(const cyaml_schema_field_t *fields,
                                               const char *path, size_t length)
{
  while (fields->key && !(strlen(fields->key) == length && memcmp(fields->key, path, length) == 0))
    fields++;
  return fields->key ? fields : NULL;
}

/* The keys of the mapping at a path such as "rules[2].fees[0]", as far as the path is known. */
static const cyaml_schema_field_t *fields_at(const char *path)
{
  const cyaml_schema_field_t *fields = tariff_fields;
  while (*path) {
    size_t key = strcspn(path, ".[");
    const cyaml_schema_field_t *field = field_named(fields, path, key);
    if (!field)
      return fields;
    fields = field->value.type == CYAML_SEQUENCE ? field->value.sequence.entry->mapping.fields
                                                 : field->value.mapping.fields;
    path += key;
    path += strcspn(path, ".");
    path += *path == '.';
  }
  return fields;
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
  char keys[256];
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
