/* ISO 20022 "bank to customer statement", camt.053.001.NN: what its versions 02 to 13 share.
 *
 *   Document/BkToCstmrStmt/Stmt            one statement each
 *     Acct/Id/IBAN or Acct/Id/Othr/Id      its account
 *     Bal                                  Tp/CdOrPrtry/Cd, Amt Ccy, CdtDbtInd, Dt
 *     Ntry                                 one movement, of Amt by CdtDbtInd
 *       Sts or Sts/Cd                      BOOK; PDNG and FUTR are announced; INFO is none
 *       BookgDt, ValDt                     Dt, or DtTm of which the date counts as written
 *       NtryRef, AcctSvcrRef, NtryDtls/Btch/PmtInfId, NtryDtls/TxDtls/Refs/…   references
 *
 * The amounts of a batch's details are not read: the entry is what moved. A reversal (RvslInd)
 * needs no turning, for CdtDbtInd says already which way the money went. Balances: opening is
 * OPBD, else PRCD, else the first ITBD; closing is CLBD, else the last ITBD. */
#include "reconcile/forms.h"
#include "reconcile/sheet.h"

#include "feeds/xml.h"

#include <stdlib.h>
#include <string.h>

#define ROOT "Document/BkToCstmrStmt/Stmt"
#define MESSAGE "camt.053.001."
#define REFERENCE_MAX 140 /* characters of the longest reference element, with room to spare */

/* The parts that an entry and a balance have in common. */
typedef struct camt_money {
  unsigned line;
  bool has_amount;
  rl_amount amount;
  int sign; /* +1 credit, -1 debit, 0 not said */
} camt_money;

typedef struct camt_balance {
  camt_money money;
  char code[5];
  bool has_date;
  rl_date date;
} camt_balance;

typedef struct camt_entry {
  camt_money money;
  char status[5];
  bool has_booked;
  bool has_value;
  rl_date booked;
  rl_date value;
  size_t reference_bytes;
  size_t reference_room;
  char *references; /* each with its NUL, until the entry is whole; a batch has thousands */
} camt_entry;

typedef struct camt_reading {
  rl_sheet *sheet;
  rl_error problem; /* of the sheet; told to the parser, which knows the line */
  bool is_statement;
  rl_currency currency; /* of the Ccy attribute just opened */
  bool has_currency;
  camt_balance balance;
  rl_sheet_balance fallback_opening; /* the first interim balance */
  rl_sheet_balance fallback_closing; /* the last one */
  camt_entry entry;
} camt_reading;

static void refuse_sheet(rl_xml *xml, camt_reading *reading, rl_status status)
{
  if (status != RL_OK)
    rl_xml_refuse(xml, status, reading->problem.field, "%s", reading->problem.text);
}

/* --- an element begins --- */

static void take_currency(rl_xml *xml, camt_reading *reading, const char **attributes)
{
  const char *code = rl_xml_attribute(attributes, "Ccy");
  reading->has_currency = code && rl_currency_find(code, strlen(code), &reading->currency) == RL_OK;
  if (!reading->has_currency)
    rl_xml_refuse(xml, RL_INVALID, "Amt", "Ccy=\"%.12s\" is no currency of ISO 4217 with a minor "
                  "unit", code ? code : "");
}

static void open_statement(rl_xml *xml, camt_reading *reading)
{
  reading->sheet->line = rl_xml_line(xml);
  reading->fallback_opening = reading->fallback_closing = (rl_sheet_balance){0};
  refuse_sheet(xml, reading, rl_sheet_open(reading->sheet));
}

static void open_entry(rl_xml *xml, camt_reading *reading)
{
  camt_entry *entry = &reading->entry;
  entry->money = (camt_money){.line = rl_xml_line(xml)};
  entry->status[0] = '\0';
  entry->has_booked = entry->has_value = false;
  entry->reference_bytes = 0;
}

static void on_open(rl_xml *xml, void *context, const char *name, const char **attributes)
{
  camt_reading *reading = context;
  const char *path = rl_xml_path(xml);
  if (!reading->is_statement && !strstr(name, MESSAGE))
    return rl_xml_refuse(xml, RL_INVALID, NULL, "not a camt.053 statement: the first element is "
                         "not of a namespace such as "
                         "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08");
  reading->is_statement = true;
  if (strncmp(path, ROOT, sizeof ROOT - 1) != 0)
    return;
  path += sizeof ROOT - 1;
  if (path[0] == '\0')
    open_statement(xml, reading);
  else if (strcmp(path, "/Bal") == 0)
    reading->balance = (camt_balance){.money = {.line = rl_xml_line(xml)}};
  else if (strcmp(path, "/Ntry") == 0)
    open_entry(xml, reading);
  else if (strcmp(path, "/Bal/Amt") == 0 || strcmp(path, "/Ntry/Amt") == 0)
    take_currency(xml, reading, attributes);
}

/* --- an element ends --- */

static void take_amount(rl_xml *xml, camt_reading *reading, camt_money *money, const char *text)
{
  int64_t minor = 0;
  rl_currency currency = reading->currency;
  rl_status status = rl_minor_parse(text, strlen(text), '.', currency, &minor);
  if (money->has_amount)
    rl_xml_refuse(xml, RL_INVALID, "Amt", "a second amount");
  else if (status != RL_OK)
    rl_xml_refuse(xml, status, "Amt", "%.24s: expected digits with at most %u decimals, up to "
                  "10^15 minor units of %s", text, rl_currency_exponent(currency),
                  rl_currency_code(currency));
  money->has_amount = true;
  money->amount = (rl_amount){minor, currency};
}

static void take_sign(rl_xml *xml, camt_money *money, const char *text)
{
  money->sign = strcmp(text, "CRDT") == 0 ? 1 : strcmp(text, "DBIT") == 0 ? -1 : 0;
  if (money->sign == 0)
    rl_xml_refuse(xml, RL_INVALID, "CdtDbtInd", "%.12s: expected CRDT or DBIT", text);
}

/* Dt is a date; of DtTm the first ten characters are. */
static void take_date(rl_xml *xml, const char *text, bool has_time, bool *has, rl_date *out)
{
  size_t length = strlen(text);
  bool cut = length > 10 && (has_time ? text[10] == 'T' : strchr("Z+-", text[10]) != NULL);
  if (rl_date_parse(text, cut ? 10 : length, out) != RL_OK)
    rl_xml_refuse(xml, RL_INVALID, has_time ? "DtTm" : "Dt", "%.24s: expected %s", text,
                  has_time ? "a time such as 2024-03-12T09:30:00" : "a date such as 2024-03-12");
  *has = true;
}

static void take_code(char out[5], const char *text)
{
  size_t length = strlen(text);
  memcpy(out, length == 4 ? text : "?", length == 4 ? 5 : 2);
}

/* The signed amount, unless something is missing. */
static bool whole_money(rl_xml *xml, const char *what, const camt_money *money, rl_amount *out)
{
  if (!money->has_amount || money->sign == 0) {
    rl_xml_refuse(xml, RL_INVALID, what, "begun in line %u: no %s", money->line,
                  money->has_amount ? "CdtDbtInd (CRDT or DBIT)" : "Amt");
    return false;
  }
  *out = money->amount;
  out->minor *= money->sign;
  return true;
}

static void close_balance(rl_xml *xml, camt_reading *reading)
{
  const camt_balance *balance = &reading->balance;
  rl_sheet *sheet = reading->sheet;
  const char *code = balance->code;
  bool is_interim = strcmp(code, "ITBD") == 0;
  bool is_opening = strcmp(code, "OPBD") == 0 || strcmp(code, "PRCD") == 0;
  bool is_closing = strcmp(code, "CLBD") == 0;
  rl_amount amount;
  if ((!is_interim && !is_opening && !is_closing) || !whole_money(xml, "Bal", &balance->money,
                                                                  &amount))
    return;
  if (!balance->has_date)
    return rl_xml_refuse(xml, RL_INVALID, "Bal", "no Dt");
  rl_sheet_balance made = {true, amount, balance->date};
  if (strcmp(code, "OPBD") == 0 || (is_opening && !sheet->opening.stated))
    sheet->opening = made;
  else if (is_closing)
    sheet->closing = made;
  else if (is_interim)
    reading->fallback_closing = made;
  if (is_interim && !reading->fallback_opening.stated)
    reading->fallback_opening = made;
}

static void add_references(rl_xml *xml, camt_reading *reading)
{
  const camt_entry *entry = &reading->entry;
  for (size_t used = 0; used < entry->reference_bytes;) {
    const char *text = entry->references + used;
    size_t length = strlen(text);
    refuse_sheet(xml, reading, rl_sheet_refer(reading->sheet, text, length));
    used += length + 1;
  }
}

static void close_entry(rl_xml *xml, camt_reading *reading)
{
  const camt_entry *entry = &reading->entry;
  bool is_booked = strcmp(entry->status, "BOOK") == 0;
  bool is_announced = strcmp(entry->status, "PDNG") == 0 || strcmp(entry->status, "FUTR") == 0;
  rl_item item = {.pending = !is_booked, .place = entry->money.line};
  if (strcmp(entry->status, "INFO") == 0)
    return;
  if (!is_booked && !is_announced)
    return rl_xml_refuse(xml, RL_INVALID, "Sts", "the entry begun in line %u: expected BOOK, PDNG, "
                         "FUTR or INFO", entry->money.line);
  if (!whole_money(xml, "Ntry", &entry->money, &item.amount))
    return;
  if (!entry->has_booked && !entry->has_value)
    return rl_xml_refuse(xml, RL_INVALID, "Ntry", "begun in line %u: neither BookgDt nor ValDt",
                         entry->money.line);
  item.value_date = entry->has_value ? entry->value : entry->booked;
  item.booked = entry->has_booked ? entry->booked : entry->value;
  bool added;
  refuse_sheet(xml, reading, rl_sheet_book(reading->sheet, &item, &added));
  if (added)
    add_references(xml, reading);
}

static void close_statement(rl_xml *xml, camt_reading *reading)
{
  rl_sheet *sheet = reading->sheet;
  if (!sheet->opening.stated)
    sheet->opening = reading->fallback_opening;
  if (!sheet->closing.stated)
    sheet->closing = reading->fallback_closing;
  refuse_sheet(xml, reading, rl_sheet_close(sheet, true));
}

static void close_in_balance(rl_xml *xml, camt_reading *reading, const char *path, const char *text)
{
  camt_balance *balance = &reading->balance;
  if (path[0] == '\0')
    close_balance(xml, reading);
  else if (strcmp(path, "/Tp/CdOrPrtry/Cd") == 0)
    take_code(balance->code, text);
  else if (strcmp(path, "/Amt") == 0)
    take_amount(xml, reading, &balance->money, text);
  else if (strcmp(path, "/CdtDbtInd") == 0)
    take_sign(xml, &balance->money, text);
  else if (strcmp(path, "/Dt/Dt") == 0 || strcmp(path, "/Dt/DtTm") == 0)
    take_date(xml, text, path[5] == 'T', &balance->has_date, &balance->date);
}

static bool is_reference(const char *path)
{
  static const char *const paths[] = {
    "/NtryRef", "/AcctSvcrRef", "/NtryDtls/Btch/PmtInfId", "/NtryDtls/TxDtls/Refs/EndToEndId",
    "/NtryDtls/TxDtls/Refs/AcctSvcrRef", "/NtryDtls/TxDtls/Refs/InstrId",
    "/NtryDtls/TxDtls/Refs/TxId", "/NtryDtls/TxDtls/Refs/PmtInfId",
  };
  for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
    if (strcmp(path, paths[i]) == 0)
      return true;
  }
  return false;
}

static bool has_room(camt_entry *entry, size_t more)
{
  if (entry->reference_room - entry->reference_bytes >= more)
    return true;
  size_t room = 2 * entry->reference_room + 1024;
  char *grown = realloc(entry->references, room);
  if (grown) {
    entry->references = grown;
    entry->reference_room = room;
  }
  return grown != NULL;
}

static void take_reference(rl_xml *xml, camt_entry *entry, const char *text)
{
  size_t length = strlen(text);
  if (length > REFERENCE_MAX)
    rl_xml_refuse(xml, RL_OUT_OF_RANGE, "Refs", "a reference of more than %d bytes", REFERENCE_MAX);
  else if (!has_room(entry, length + 1))
    rl_xml_refuse(xml, RL_NO_MEMORY, "Refs", "not enough memory to read it");
  else {
    memcpy(entry->references + entry->reference_bytes, text, length + 1);
    entry->reference_bytes += length + 1;
  }
}

static void close_in_entry(rl_xml *xml, camt_reading *reading, const char *path, const char *text)
{
  camt_entry *entry = &reading->entry;
  if (path[0] == '\0')
    close_entry(xml, reading);
  else if (strcmp(path, "/Amt") == 0)
    take_amount(xml, reading, &entry->money, text);
  else if (strcmp(path, "/CdtDbtInd") == 0)
    take_sign(xml, &entry->money, text);
  else if ((strcmp(path, "/Sts") == 0 && text[0]) || strcmp(path, "/Sts/Cd") == 0)
    take_code(entry->status, text);
  else if (strcmp(path, "/BookgDt/Dt") == 0 || strcmp(path, "/BookgDt/DtTm") == 0)
    take_date(xml, text, strcmp(path, "/BookgDt/DtTm") == 0, &entry->has_booked, &entry->booked);
  else if (strcmp(path, "/ValDt/Dt") == 0 || strcmp(path, "/ValDt/DtTm") == 0)
    take_date(xml, text, strcmp(path, "/ValDt/DtTm") == 0, &entry->has_value, &entry->value);
  else if (is_reference(path))
    take_reference(xml, entry, text);
}

static void on_close(rl_xml *xml, void *context, const char *text)
{
  camt_reading *reading = context;
  const char *path = rl_xml_path(xml);
  if (strncmp(path, ROOT, sizeof ROOT - 1) != 0)
    return;
  path += sizeof ROOT - 1;
  if (path[0] == '\0')
    close_statement(xml, reading);
  else if (strncmp(path, "/Bal", 4) == 0 && (path[4] == '/' || path[4] == '\0'))
    close_in_balance(xml, reading, path + 4, text);
  else if (strncmp(path, "/Ntry", 5) == 0 && (path[5] == '/' || path[5] == '\0'))
    close_in_entry(xml, reading, path + 5, text);
  else if (strcmp(path, "/Acct/Id/IBAN") == 0 || strcmp(path, "/Acct/Id/Othr/Id") == 0)
    refuse_sheet(xml, reading, rl_sheet_name_account(reading->sheet, text, strlen(text)));
}

static void on_end(rl_xml *xml, void *context)
{
  const camt_reading *reading = context;
  if (reading->sheet->out->count == 0)
    rl_xml_refuse(xml, RL_INVALID, NULL, "no statement (" ROOT ")");
}

rl_status rl_camt_read(const char *bytes, size_t size, rl_sheet *sheet)
{
  static const rl_xml_handler handler = {on_open, on_close, on_end};
  rl_error *error = sheet->error;
  camt_reading reading = {.sheet = sheet};
  sheet->error = &reading.problem;
  rl_status status = rl_xml_parse(bytes, size, sheet->file, &handler, &reading, error);
  sheet->error = error;
  free(reading.entry.references);
  return status;
}
