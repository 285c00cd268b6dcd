"""Exports of a ledger as other programs read them: FOLDER holds csv, json and balances (the JSON of
`ratelock ledger --balances`). Every currency of every transaction sums to zero, and so do all of
them; and by account both exports sum to what the ledger says."""
import csv
import json
import sys
from decimal import Decimal


def sums(rows):
    out = {}
    for key, value in rows:
        out[key] = out.get(key, 0) + value
    return out


def expect_zero(rows, what):
    for key, value in sums(rows).items():
        assert value == 0, (what, key, value)


def read_csv(path):
    with open(path, newline='') as file:
        text = file.read()
    assert text.count('\r\n') == text.count('\n'), 'a line end that is not CRLF'
    return list(csv.DictReader(text.splitlines(keepends=True)))


def postings_of(entry):
    return [entry] if entry['kind'] == 'carried' else entry['postings']


def main(folder):
    lines = read_csv(folder + '/csv')
    with open(folder + '/json') as file:
        entries = [json.loads(line) for line in file]
    with open(folder + '/balances') as file:
        balances = json.load(file)['balances']
    postings = [posting for entry in entries for posting in postings_of(entry)]
    moved = [entry for entry in entries if entry['kind'] != 'carried']
    expect_zero([(line['currency'], Decimal(line['amount'])) for line in lines], 'csv')
    for entry in moved:
        expect_zero([(p['currency'], p['amount']) for p in entry['postings']], entry['number'])
    told = sums(((b['account'], b['currency']), Decimal(b['value'])) for b in balances)
    table = sums(((line['account'], line['currency']), Decimal(line['amount'])) for line in lines)
    other = sums(((p['account'], p['currency']), Decimal(p['value'])) for p in postings)
    assert table == told, (table, told)
    assert other == told, (other, told)
    assert len(postings) == len(lines)
    print(f'whole: {len(moved)} transactions, {len(lines)} postings')


main(sys.argv[1])
