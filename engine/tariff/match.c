/* Two open-addressed tables with linear probing, at most half full: tier names to numbers, and
 * 24-bit keys to rules. Keys come from the tariff's author, not from clients, so a fixed
 * multiplier is enough to spread them. */
#include "tariff/match.h"

#include <stdlib.h>
#include <string.h>

#define MASKS 8
#define MASK_TIER 4u
#define MASK_FROM 2u
#define MASK_TO 1u

/* The bytes of a key that each mask keeps. */
static const uint32_t kept_bytes[MASKS] = {
  0x000000, 0x0000ff, 0x00ff00, 0x00ffff, 0xff0000, 0xff00ff, 0xffff00, 0xffffff,
};

static uint32_t key_of(unsigned tier, rl_currency from, rl_currency to)
{
  return (uint32_t)tier << 16 | (uint32_t)from.index << 8 | to.index;
}

static rl_tier_name tier_name_of(const char *text, size_t length)
{
  char bytes[sizeof(rl_tier_name)] = {0};
  rl_tier_name name;
  RL_ASSERT(length <= RL_NAME_MAX);
  memcpy(bytes, text, length);
  bytes[sizeof bytes - 1] = (char)length;
  memcpy(&name, bytes, sizeof name);
  return name;
}

static bool tier_name_equal(rl_tier_name left, rl_tier_name right)
{
  return left.words[0] == right.words[0] && left.words[1] == right.words[1];
}

/* Where the name is, or the free slot where it would go. */
static unsigned tier_slot_of(const rl_match *match, rl_tier_name name)
{
  uint64_t mixed = (name.words[0] ^ (name.words[1] * 0x9e3779b97f4a7c15u)) * 0xff51afd7ed558ccdu;
  unsigned slot = (unsigned)(mixed >> 32) % RL_TIER_SLOTS;
  while (match->tier_slots[slot] &&
         !tier_name_equal(match->tiers[match->tier_slots[slot]], name))
    slot = (slot + 1) % RL_TIER_SLOTS;
  return slot;
}

static rl_match_slot *slot_of(const rl_match *match, uint32_t key)
{
  uint32_t slot = (key * 0x9e3779b1u) >> match->slot_shift;
  while (match->slots[slot].rule_plus_one && match->slots[slot].key != key)
    slot = (slot + 1) & (match->slot_count - 1);
  return &match->slots[slot];
}

rl_status rl_match_init(rl_match *match, unsigned rules)
{
  RL_ASSERT(rules <= RL_RULES_MAX);
  uint32_t bits = 1;
  while ((1u << bits) < 2 * rules)
    bits++;
  rl_match_slot *slots = calloc((size_t)1 << bits, sizeof *slots);
  if (!slots)
    return RL_NO_MEMORY;
  *match = (rl_match){.slots = slots, .slot_count = 1u << bits, .slot_shift = 32 - bits};
  return RL_OK;
}

void rl_match_fini(rl_match *match)
{
  free(match->slots);
}

/* The tier's number, a new one if need be; 0 if there is no room for another. */
static unsigned intern_tier(rl_match *match, const char *tier)
{
  rl_tier_name name = tier_name_of(tier, strlen(tier));
  unsigned slot = tier_slot_of(match, name);
  if (match->tier_slots[slot] == 0 && match->tier_count < RL_TIERS_MAX) {
    match->tiers[++match->tier_count] = name;
    match->tier_slots[slot] = (uint8_t)match->tier_count;
  }
  return match->tier_slots[slot];
}

rl_status rl_match_add(rl_match *match, const char *tier, rl_currency from, rl_currency to,
                       unsigned rule, unsigned *taken_by)
{
  unsigned number = tier[0] ? intern_tier(match, tier) : 0;
  if (tier[0] && number == 0)
    return RL_FULL;
  rl_match_slot *slot = slot_of(match, key_of(number, from, to));
  if (slot->rule_plus_one) {
    *taken_by = slot->rule_plus_one - 1;
    return RL_EXISTS;
  }
  *slot = (rl_match_slot){.key = key_of(number, from, to), .rule_plus_one = rule + 1};
  unsigned mask = (number ? MASK_TIER : 0) | (from.index ? MASK_FROM : 0) |
                  (to.index ? MASK_TO : 0);
  match->masks_used |= (uint8_t)(1u << mask);
  return RL_OK;
}

/* The tier's number; 0, which only rules for any tier match, if no rule names it. */
static unsigned tier_number(const rl_match *match, const char *tier, size_t length)
{
  if (length == 0)
    return match->default_tier;
  if (length > RL_NAME_MAX)
    return 0;
  return match->tier_slots[tier_slot_of(match, tier_name_of(tier, length))];
}

void rl_match_set_default_tier(rl_match *match, const char *tier)
{
  match->default_tier = (uint8_t)tier_number(match, tier, strlen(tier));
}

int rl_match_find(const rl_match *match, const char *tier, size_t tier_length, rl_currency from,
                  rl_currency to)
{
  unsigned number = tier_number(match, tier, tier_length);
  uint32_t key = key_of(number, from, to);
  unsigned masks = match->masks_used & (number ? 0xffu : (1u << MASK_TIER) - 1);
  while (masks) {
    unsigned mask = 31u - (unsigned)__builtin_clz(masks);
    const rl_match_slot *slot = slot_of(match, key & kept_bytes[mask]);
    if (slot->rule_plus_one)
      return (int)slot->rule_plus_one - 1;
    masks ^= 1u << mask;
  }
  return -1;
}
