/* Two open-addressed tables with linear probing, at most half full: names to numbers, and keys to
 * runs of rules. Keys come from the tariff's author, not from clients, so a fixed multiplier is
 * enough to spread them. */
#include "tariff/match.h"

#include <stdlib.h>
#include <string.h>

/* --- names --- */

typedef enum name_kind { CLIENT = 1, TIER, METHOD } name_kind;

/* A name, zeros, and its kind in the last byte: two are the same when all words are. */
struct rl_match_name {
  uint64_t words[4];
};

static rl_match_name name_of(name_kind kind, const char *text, size_t length)
{
  char bytes[sizeof(rl_match_name)] = {0};
  rl_match_name name;
  RL_ASSERT(length < sizeof bytes);
  memcpy(bytes, text, length);
  bytes[sizeof bytes - 1] = (char)kind;
  memcpy(&name, bytes, sizeof name);
  return name;
}

static bool name_equal(const rl_match_name *left, const rl_match_name *right)
{
  uint64_t differ = 0;
  for (unsigned i = 0; i < 4; i++)
    differ |= left->words[i] ^ right->words[i];
  return differ == 0;
}

static uint64_t mix(uint64_t bits)
{
  return bits * 0x9e3779b97f4a7c15u;
}

/* Where the name is, or the free slot where it would go. */
static unsigned name_slot_of(const rl_match *match, const rl_match_name *name)
{
  uint64_t hash = 0;
  for (unsigned i = 0; i < 4; i++)
    hash = mix((hash ^ hash >> 32) ^ name->words[i]);
  unsigned slot = (unsigned)(hash >> (64 - match->name_bits));
  while (match->name_slots[slot]
         && !name_equal(&match->names[match->name_slots[slot]], name))
    slot = (slot + 1) & ((1u << match->name_bits) - 1);
  return slot;
}

/* The number of a name, a new one if need be; 0 for none. */
static unsigned intern(rl_match *match, name_kind kind, const char *text)
{
  if (!text[0])
    return 0;
  rl_match_name name = name_of(kind, text, strlen(text));
  unsigned slot = name_slot_of(match, &name);
  if (match->name_slots[slot] == 0) {
    match->names[++match->name_count] = name;
    match->name_slots[slot] = (uint16_t)match->name_count;
  }
  return match->name_slots[slot];
}

/* The number of a name; 0 if no rule names it. */
static unsigned number_of(const rl_match *match, name_kind kind, const char *text)
{
  size_t length = strnlen(text, sizeof(rl_match_name));
  if (length == 0 || length == sizeof(rl_match_name))
    return 0;
  rl_match_name name = name_of(kind, text, length);
  return match->name_slots[name_slot_of(match, &name)];
}

/* --- keys --- */

#define CLIENT_SHIFT 47
#define TIER_SHIFT 33
#define METHOD_SHIFT 19
#define GEOGRAPHY_SHIFT 16
#define NUMBER_BITS 0x3fffull /* 3 x RL_RULES_MAX names */

enum { ANY, TO, FROM, PAIR, CORRIDOR };
#define GEOGRAPHIES 5

/* Bits of a mask above the geography's three. */
#define MASK_METHOD 8u
#define MASK_TIER 16u
#define MASK_CLIENT 32u

static uint64_t names_key(unsigned client, unsigned tier, unsigned method)
{
  return (uint64_t)client << CLIENT_SHIFT | (uint64_t)tier << TIER_SHIFT
         | (uint64_t)method << METHOD_SHIFT;
}

static uint64_t geography_key(unsigned geography, rl_currency first, rl_currency second)
{
  return (uint64_t)geography << GEOGRAPHY_SHIFT | (uint64_t)first.index << 8 | second.index;
}

static uint64_t pair_key(rl_currency left, rl_currency right)
{
  return left.index < right.index ? geography_key(PAIR, left, right)
                                  : geography_key(PAIR, right, left);
}

/* The geographies under which a request is looked up. */
static void geography_keys(rl_currency from, rl_currency to, uint64_t out[GEOGRAPHIES])
{
  out[ANY] = geography_key(ANY, RL_CURRENCY_NONE, RL_CURRENCY_NONE);
  out[TO] = geography_key(TO, RL_CURRENCY_NONE, to);
  out[FROM] = geography_key(FROM, from, RL_CURRENCY_NONE);
  out[PAIR] = pair_key(from, to);
  out[CORRIDOR] = geography_key(CORRIDOR, from, to);
}

static uint64_t scope_geography_key(const rl_scope *scope)
{
  if (scope->pair_base.index)
    return pair_key(scope->pair_base, scope->pair_quote);
  bool from = scope->from.index != 0, to = scope->to.index != 0;
  unsigned geography = from && to ? CORRIDOR : from ? FROM : to ? TO : ANY;
  return geography_key(geography, scope->from, scope->to);
}

static uint64_t scope_key(rl_match *match, const rl_scope *scope)
{
  return names_key(intern(match, CLIENT, scope->client), intern(match, TIER, scope->tier),
                   intern(match, METHOD, scope->method))
         | scope_geography_key(scope);
}

static unsigned geography_of(uint64_t key)
{
  return (unsigned)(key >> GEOGRAPHY_SHIFT) & 7;
}

static unsigned mask_of(uint64_t key)
{
  return (key >> CLIENT_SHIFT & NUMBER_BITS ? MASK_CLIENT : 0)
         | (key >> TIER_SHIFT & NUMBER_BITS ? MASK_TIER : 0)
         | (key >> METHOD_SHIFT & NUMBER_BITS ? MASK_METHOD : 0) | geography_of(key);
}

/* --- runs of rules --- */

struct rl_match_slot {
  uint64_t key;
  uint32_t first; /* band */
  uint32_t count; /* bands; 0: empty */
};

/* Where the key is, or the free slot where it would go. */
static rl_match_slot *slot_of(const rl_match *match, uint64_t key)
{
  uint64_t slot = mix(key ^ key >> 32) >> (64 - match->slot_bits);
  while (match->slots[slot].count && match->slots[slot].key != key)
    slot = (slot + 1) & (((uint64_t)1 << match->slot_bits) - 1);
  return &match->slots[slot];
}

static int compare_bands(const void *left_bytes, const void *right_bytes)
{
  const rl_match_band *left = left_bytes, *right = right_bytes;
  if (left->key != right->key)
    return left->key < right->key ? -1 : 1;
  if (left->from_minor != right->from_minor)
    return left->from_minor < right->from_minor ? -1 : 1;
  return left->rule < right->rule ? -1 : left->rule > right->rule;
}

static void fill(rl_match *match, const rl_rule *rules, unsigned count)
{
  for (unsigned i = 0; i < count; i++)
    match->bands[i] = (rl_match_band){.key = scope_key(match, &rules[i].scope),
                                      .from_minor = rules[i].scope.amount_from_minor,
                                      .rule = i};
  match->band_count = count;
  qsort(match->bands, count, sizeof *match->bands, compare_bands);
  for (unsigned i = 0; i < count; i++) {
    rl_match_slot *slot = slot_of(match, match->bands[i].key);
    if (slot->count == 0)
      *slot = (rl_match_slot){.key = match->bands[i].key, .first = i};
    slot->count++;
    match->masks_used |= (uint64_t)1 << mask_of(slot->key);
  }
}

/* The logarithm of a table's size for so many entries. */
static unsigned bits_for(unsigned entries)
{
  unsigned bits = 1;
  while ((1u << bits) < 2 * entries)
    bits++;
  return bits;
}

rl_status rl_match_init(rl_match *match, const rl_rule *rules, unsigned count)
{
  RL_ASSERT(count >= 1 && count <= RL_RULES_MAX);
  unsigned names_max = 3 * count;
  rl_match made = {.slot_bits = bits_for(count), .name_bits = bits_for(names_max)};
  made.bands = calloc(count, sizeof *made.bands);
  made.slots = calloc((size_t)1 << made.slot_bits, sizeof *made.slots);
  made.names = calloc(names_max + 1, sizeof *made.names);
  made.name_slots = calloc((size_t)1 << made.name_bits, sizeof *made.name_slots);
  if (!made.bands || !made.slots || !made.names || !made.name_slots) {
    rl_match_fini(&made);
    return RL_NO_MEMORY;
  }
  fill(&made, rules, count);
  *match = made;
  return RL_OK;
}

void rl_match_fini(rl_match *match)
{
  free(match->bands);
  free(match->slots);
  free(match->names);
  free(match->name_slots);
}

void rl_match_set_default_tier(rl_match *match, const char *tier)
{
  match->default_tier = number_of(match, TIER, tier);
}

/* --- the search --- */

/* The last band that starts at or below the amount. */
static unsigned band_of(const rl_match *match, const rl_match_slot *slot, int64_t amount_minor)
{
  const rl_match_band *bands = match->bands + slot->first;
  unsigned low = 0, high = slot->count;
  while (high - low > 1) {
    unsigned middle = (low + high) / 2;
    if (bands[middle].from_minor <= amount_minor)
      low = middle;
    else
      high = middle;
  }
  return bands[low].rule;
}

/* Of all masks, those with a name in them. */
#define MASKS_OF_CLIENT 0xffffffff00000000u
#define MASKS_OF_TIER 0xffff0000ffff0000u
#define MASKS_OF_METHOD 0xff00ff00ff00ff00u

/* The masks that need no name which is not there. */
static uint64_t masks_for(const rl_match *match, unsigned client, unsigned tier, unsigned method)
{
  uint64_t needless = (client ? 0 : MASKS_OF_CLIENT) | (tier ? 0 : MASKS_OF_TIER)
                      | (method ? 0 : MASKS_OF_METHOD);
  return match->masks_used & ~needless;
}

/* Hashing a name costs more than a look-up, and most tariffs name no clients. */
static unsigned number_if_used(const rl_match *match, uint64_t masks, name_kind kind,
                               const char *text)
{
  return match->masks_used & masks ? number_of(match, kind, text) : 0;
}

int rl_match_find(const rl_match *match, const rl_tariff_query *query)
{
  unsigned client = number_if_used(match, MASKS_OF_CLIENT, CLIENT, query->client);
  unsigned method = number_if_used(match, MASKS_OF_METHOD, METHOD, query->method);
  unsigned tier = query->tier[0] ? number_if_used(match, MASKS_OF_TIER, TIER, query->tier)
                                 : match->default_tier;
  uint64_t geographies[8] = {0};
  geography_keys(query->from, query->to, geographies);
  for (uint64_t masks = masks_for(match, client, tier, method); masks;) {
    unsigned mask = 63u - (unsigned)__builtin_clzll(masks);
    uint64_t key = names_key(mask & MASK_CLIENT ? client : 0, mask & MASK_TIER ? tier : 0,
                             mask & MASK_METHOD ? method : 0)
                   | geographies[mask & 7];
    const rl_match_slot *slot = slot_of(match, key);
    if (slot->count)
      return (int)band_of(match, slot, query->amount_minor);
    masks ^= (uint64_t)1 << mask;
  }
  return -1;
}

bool rl_match_is_hidden(const rl_match *match, uint64_t key, rl_currency from, rl_currency to)
{
  uint64_t geographies[GEOGRAPHIES];
  uint64_t names = key >> METHOD_SHIFT << METHOD_SHIFT;
  geography_keys(from, to, geographies);
  for (unsigned geography = geography_of(key) + 1; geography < GEOGRAPHIES; geography++)
    if (slot_of(match, names | geographies[geography])->count)
      return true;
  return false;
}
