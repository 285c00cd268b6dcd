/* Every limit of the engine, in one place, each with its reason. */
#pragma once

/* --- money (design M1, M3): chosen together so that every product fits 127 bits --- */

/* A minor-unit amount. 10^15 is ten trillion dollars: more than any payment, and small enough
 * that amount x rate x power of ten stays below 2^127. */
#define RL_AMOUNT_MAX 1000000000000000ll
/* A source's rate has at most 9 significant digits: no venue quotes more. */
#define RL_SOURCE_MANTISSA_MAX 999999999u
/* A client rate has at most 10 significant digits. */
#define RL_CLIENT_MANTISSA_MAX 9999999999ull
/* Rates run from 10^-9 to below 10^9: the widest real pairs (IDR, VND, crypto-like fractions of
 * KWD) stay inside. A mantissa of up to 10 digits then has a scale of at most 18. */
#define RL_RATE_SCALE_MAX 18
/* Fees and markups are integers of 10^-8 (one bps is 10^4), at most a half. */
#define RL_UNIT_E8 100000000
#define RL_RATIO_E8_MAX 50000000
/* A cross has at most three legs: any two currencies meet within two pivots. */
#define RL_LEGS_MAX 3

/* --- market --- */

/* Dense pair indexes are 16 bits; memory follows the pairs really configured. */
#define RL_PAIRS_MAX 16384
/* Sources of the whole engine. A source index fits a byte with room to spare. */
#define RL_SOURCES_MAX 64
/* Live sources of one pair: bounds a composite's size (32 bytes a source) and its sort. */
#define RL_SOURCES_PER_PAIR_MAX 16
#define RL_SOURCE_NAME_MAX 15 /* bytes, without the NUL */
/* Levels of one side of a source's book, the best included: venues send five or ten. */
#define RL_LEVELS_MAX 10
/* Base units that a price through the books is made for; a larger amount counts as so much. More
 * than any book holds: ten levels of 32 bits. */
#define RL_DEPTH_UNITS_MAX (1ull << 40)
/* Sources that a pair of policy `primary` may list. */
#define RL_PRIMARIES_MAX 8
/* Triangles of one pair: its every tick measures them all, some 7 ns each. The ten main currencies
 * among themselves put a pair into eight. */
#define RL_TRIANGLES_PER_PAIR_MAX 16
/* Triangles of a universe: one answer shows them all, at up to 512 bytes a row. The ten main
 * currencies among themselves have 120. */
#define RL_TRIANGLES_MAX 4096
/* Weekly sessions of a universe, and openings in one: two a day fit. */
#define RL_SESSIONS_MAX 64
#define RL_OPENINGS_MAX 16
/* Days off of one session: some ten a year, each year's alike or stated for years ahead. */
#define RL_DAYS_OFF_MAX 128
/* A reader of a seqlock gives up after so many torn reads: it never waits for a writer. */
#define RL_SEQLOCK_TRIES_MAX 64
/* A fixing is younger than this by its provider's date, or no price is made of it. One comes each
 * business day; the longest run of days without is five (Easter, or Christmas and a weekend), and a
 * fetch may fail for a day. */
#define RL_FIXING_AGE_MAX_MS (7 * 24 * 3600 * 1000)
/* A source's time may lead ours by this much: clocks differ; more is a broken clock. */
#define RL_SOURCE_FUTURE_MS 2000
/* The quickest update of some minutes may lag by this much behind the source's own time before its
 * clock is called wrong: the farthest way and a batch that fills take a second or two, a clock that
 * nobody sets and a time zone mistaken for UTC are off by more. */
#define RL_SOURCE_BEHIND_MS 10000

/* --- tape --- */

/* A week: at a thousand updates a second some 6 GiB. */
#define RL_TAPE_KEEP_DAYS_DEFAULT 7
/* And no more than so much, since feeds may be a hundred times as fast. */
#define RL_TAPE_KEEP_GIB_DEFAULT 16
/* The tape leaves so much of its disk: the store has the same one, and reserves a quarter of it
 * ahead. A disk that fills must stop the tape before it stops an accept. */
#define RL_TAPE_LEAVES_BYTES (256u << 20)
/* A segment is what has to be read to see one instant, and what is let go at once. */
#define RL_TAPE_SEGMENT_MS (15u * 60u * 1000u)
#define RL_TAPE_SEGMENT_BYTES (64u << 20)
/* Blocks of memory between the intake and a slow disk: some 400,000 updates, 40 seconds of ten
 * thousand a second. */
#define RL_TAPE_BLOCK_SIZE 65536u
#define RL_TAPE_BLOCKS 64
/* How often the tape's writer looks for full blocks, and how old what a block holds may get before
 * it is written too: what an engine that is killed takes with it. */
#define RL_TAPE_WRITE_MS 50
#define RL_TAPE_FLUSH_MS 250
/* A disk that refused is tried again after so long. */
#define RL_TAPE_RETRY_MS 60000

/* --- calendar --- */

/* A bit of a word for each calendar, the last for the weekend. */
#define RL_CALENDARS_MAX 63
#define RL_CALENDAR_NAME_MAX 7 /* bytes; market codes have four */
/* Rules and single dates of one calendar: the longest has some sixty. */
#define RL_CALENDAR_RULES_MAX 256
#define RL_SPOT_LAG_MAX 5 /* business days; no currency takes longer than two */

/* --- tariff --- */

/* Bytes of a tier's, rule's, fee's, line's or session's name, without the NUL. */
#define RL_NAME_MAX 15
#define RL_FEES_MAX 8  /* fee items on one quote */
#define RL_FEE_PARTS_MAX 8 /* tiers or alternatives of one fee: published price lists have fewer */
/* Markup lines on one quote, the lock premium not counted: the rule's and three surcharges, those
 * of live rates; a fixing has fewer. */
#define RL_MARKUPS_MAX 4
#define RL_POINTS_E1_MAX 1000000 /* tenths of a pip: more is no markup, and products stay small */
#define RL_WAIVERS_MAX 64        /* looked through one by one for each quote */
#define RL_EXAMPLES_MAX 256      /* all are priced at each load */
#define RL_TTL_CLASSES_MAX 16
#define RL_RULES_MAX 4096
/* A lock is at most 24 h: keys, terminal rows and clocks are kept with that in mind. */
#define RL_TTL_MAX_MS (24u * 3600u * 1000u)
/* Bytes of the path to the tariff on trial, without the NUL: it lies beside this one or below. */
#define RL_TARIFF_FILE_MAX 127
/* A tariff file is text written by people. */
#define RL_TARIFF_TEXT_MAX (1u << 20)

/* --- locks --- */

#define RL_KEY_MAX 64         /* bytes of an idempotency key: a UUID with room to spare */
#define RL_CLIENT_NAME_MAX 31 /* bytes */
#define RL_REFERENCE_MAX 63   /* bytes: a camt.053 reference has at most 35, and people add words */
/* Revocations that may still meet an open quote: each is looked at for each quote that ends. */
#define RL_REVOCATIONS_LIVE_MAX 64
#define RL_REASON_MAX 127     /* bytes of why the desk took quotes back */
/* A create key lives at least this long (L4). */
#define RL_CREATE_KEY_MIN_MS (10u * 60u * 1000u)
/* Accept and cancel keys live at least this long (L4). */
#define RL_END_KEY_MIN_MS (24u * 3600u * 1000u)
/* Accept and cancel keys in memory, 32 bytes each and twice that at worst: 390 ends a second for
 * a day. Beyond it ends are refused as OVERLOADED. */
#define RL_END_KEYS_MAX 33554432u
/* Two machines' wall clocks may differ by this much (L8). */
#define RL_WALL_SKEW_MS 1000
/* A wall clock may be set by so much while quotes are open, whose ids lead with its time: a quote
 * that is open at an instant has an id of so long before it, at most. */
#define RL_WALL_SET_MS (3600u * 1000u)
#define RL_OPEN_SINCE_MS ((int64_t)RL_TTL_MAX_MS + RL_WALL_SET_MS)

/* --- retention --- */

/* After so long a quote's terminal row has been written: within its lock. */
#define RL_END_LATEST_MS (RL_TTL_MAX_MS + RL_WALL_SKEW_MS)
#define RL_DAY_MS (24u * 3600u * 1000u)
/* What bears an instant is in the store so long after it: a quote whose record was lost in a crash
 * is recorded when its token is accepted, and records wait for room on a full disk. */
#define RL_SETTLED_MS (RL_TTL_MAX_MS + RL_DAY_MS)
/* At least so much is kept: terminal rows outlive every token, and every key of the last of them
 * (L4, L6); a day more, so that clocks may be mended. */
#define RL_KEEP_MIN_MS (3u * RL_DAY_MS)
_Static_assert(RL_KEEP_MIN_MS > RL_END_LATEST_MS + RL_END_KEY_MIN_MS, "tokens, then keys");
/* A month, so that last month's receipts and disputes are still at hand at its end. */
#define RL_KEEP_DAYS_DEFAULT 35
#define RL_KEEP_DAYS_MAX 36500
/* Rows of each table in one transaction of retention: some milliseconds, which an accept may have
 * to wait for. */
#define RL_RETAIN_SLICE 256

/* --- exposure --- */

/* Minor units of one lock's worth in the reporting currency; a larger one counts as so much. Above
 * every cap, which is an amount, and the sum of 2^32 of them stays below 2^127. */
#define RL_NOTIONAL_MAX 1000000000000000000ll
/* Clients with open locks at one time: as many as can be connected to one socket. */
#define RL_EXPOSURE_CLIENTS_MAX 4096
/* Clients, and pairs, that one file of limits may name: people write it. */
#define RL_LIMITS_NAMED_MAX 1024
#define RL_LIMITS_TEXT_MAX (1u << 18) /* bytes of that file: 128 for each line of it */

/* --- seal --- */

/* Sealing keys of one file: a key stays for two days after its last quote, so this is a rotation
 * every three hours. */
#define RL_SEAL_KEYS_MAX 16
/* How often an engine looks whether its key file changed. */
#define RL_KEY_WATCH_MS 1000
/* A new key seals the quotes issued from so long after it was written: by then every engine has
 * it, though one's clock be ahead by the skew and its disk slow. */
#define RL_KEY_LEAD_MS 10000
_Static_assert(RL_KEY_LEAD_MS >= 5 * RL_KEY_WATCH_MS + RL_WALL_SKEW_MS, "time for several looks");
/* A retired key is known for so long: until the last quote that it sealed has ended, and then for
 * as long as whoever accepted that one by token may ask for his receipt again. */
#define RL_KEY_KEPT_MS (RL_TTL_MAX_MS + RL_END_KEY_MIN_MS + RL_WALL_SKEW_MS)
/* Bytes of a key file: a full one has some 1,800. */
#define RL_KEY_FILE_MAX 4096u

/* --- store --- */

#define RL_TROUBLE_MAX 320 /* bytes of what a database says went wrong, with the NUL */

/* --- wire --- */

#define RL_MESSAGE_MAX (1u << 20) /* bytes of one message: 1,024 accepts with their tokens */
#define RL_BATCH_MAX 1024             /* items of one request (W1) */
/* Answers about the board, the sources or the tariff, and matrices, may be large, and a batch may
 * ask for many: no more of them are written once a message's answers have so many bytes. A batch
 * of quotes, accepts or shows never comes near it. */
#define RL_BOARD_ANSWERS_MAX (2u << 20)
/* UTC, the last of the year 9999: an instant that a request names fits the 48 bits of an id. */
#define RL_INSTANT_MAX_MS 253402300799999ll
#define RL_DEPTH_MAX 8                /* nesting of msgpack containers */
#define RL_TOKEN_MAX 856              /* bytes of a sealed token: terms with all fees and legs */
#define RL_TICKS_PER_MESSAGE_MAX 4096

/* --- feeds --- */

/* Bytes of a FIX message's body: a snapshot of 2,000 entries fits. */
#define RL_FIX_MESSAGE_MAX (256u << 10)
/* Entries of one book: an order book of ten levels has some dozens; a venue's whole book, hundreds.
 * Bounds a search and the memory of a pair. */
#define RL_FIX_ENTRIES_MAX 512
#define RL_FIX_ID_MAX 47     /* bytes of an entry's id: venues send numbers, or UUIDs of 36 */
#define RL_FIX_SYMBOL_MAX 31 /* bytes of a venue's name for a pair */
/* Pairs of one FIX session: each is a subscription and, at worst, 40 KiB of book. */
#define RL_FIX_PAIRS_MAX 256

/* --- server --- */

/* A waiting accept holds its context until the commit; quoting must never run out of them. */
#define RL_CONTEXTS 512
#define RL_PENDING_ENDS_MAX 4096 /* accepts, cancels and look-ups waiting for the store */
/* Messages that wait for the store: half the contexts, so that a slow disk leaves the other half to
 * quoting. */
#define RL_WAITING_MESSAGES_MAX (RL_CONTEXTS / 2)
#define RL_PIPES_MAX 4096        /* connections to one socket */
/* A client that never reads costs one context for this long, no more. */
#define RL_SEND_TIMEOUT_MS 200
