#!/usr/bin/env bash
# Settlements posted through a running engine, and a bank's statements of them in each format.
source "$(dirname "$0")/lib.sh"

start_engine
settle() { # AMOUNT CURRENCY OPTION…
  expect 0 "posted at" ratelock post settlement --account main --amount "$@"
}
settle 50.00 EUR --customer shop --value-date 2024-03-12 --reference INV-1
settle 20.00 EUR --customer shop --value-date 2024-03-12 --reference INV-2
settle 12.50 EUR --customer shop --value-date 2024-03-12 --reference INV-3
settle 5.00 EUR --counterparty bank --value-date 2024-03-13 --out
expect 0 "posted at" ratelock post settlement --account other --amount 7 JPY --customer shop \
  --value-date 2024-03-12

# One credit for INV-1 alone, one batch for the other two, and a fee a day early.
cat >"$work/bank.sta" <<'TEXT'
{1:F01BANKDEFFAXXX0000000000}{2:O9400000000000}{4:
:20:STATEMENT
:25:10020030/1234567
:28C:12/1
:60F:C240311EUR100,
:61:2403120312C50,NTRFINV-1//B1
:61:2403120312C32,5NTRFNONREF//B2
:86:/EREF/INV-2/
:61:2403120312D5,NCHGNONREF//B3
:62F:C240312EUR177,5
-}
TEXT
# A reference that names one of two movements is a break; without any, they add up.
expect 1 "amount break" ratelock reconcile "$work/bank.sta" --account main
expect 1 '"open":3,"matched":1,' ratelock reconcile "$work/bank.sta" --account main --json
sed -i 's/INV-2/BATCH/' "$work/bank.sta"
expect 1 "1 open, 2 matched" ratelock reconcile "$work/bank.sta" --account main
expect 0 "nothing open, 3 matched" ratelock reconcile "$work/bank.sta" --account main \
  --tolerance-days 1
same "the same statement again" "$(ratelock reconcile "$work/bank.sta" --account main --all)" \
  "$(ratelock reconcile "$work/bank.sta" --account main --all)"
expect 2 "which has main, other" ratelock reconcile "$work/bank.sta"
sed 's/EUR177,5/EUR177,51/' "$work/bank.sta" >"$work/bad.sta"
expect 1 "make 177.50, but the closing balance is 177.51" \
  ratelock reconcile "$work/bad.sta" --account main

# The same as camt.053 and as CSV.
entry() { # AMOUNT CRDT|DBIT DATE REFERENCE
  printf '<Ntry><Amt Ccy="EUR">%s</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>' "$1" "$2"
  printf '<BookgDt><Dt>%s</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>%s</EndToEndId>' \
    "$3" "$4"
  printf '</Refs></TxDtls></NtryDtls></Ntry>\n'
}
balance() { # CODE AMOUNT DATE
  printf '<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">%s</Amt>' "$1" "$2"
  printf '<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%s</Dt></Dt></Bal>\n' "$3"
}
{
  echo '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
  echo '<Acct><Id><Othr><Id>main</Id></Othr></Id></Acct>'
  balance OPBD 100.00 2024-03-11
  balance CLBD 177.50 2024-03-13
  entry 50.00 CRDT 2024-03-12 INV-1
  entry 32.50 CRDT 2024-03-12 NOTPROVIDED
  entry 5.00 DBIT 2024-03-13 NOTPROVIDED
  echo '</Stmt></BkToCstmrStmt></Document>'
} >"$work/bank.xml"
expect 0 "nothing open, 3 matched" ratelock reconcile "$work/bank.xml"
printf 'Day;Sum;Text\n12.03.2024;50,00;INV-1\n12.03.2024;20;INV-2\n13.03.2024;-5,0;\n' \
  >"$work/bank.csv"
csv=(reconcile "$work/bank.csv" --account main --columns "date=Day,amount=Sum,reference=Text"
  --currency EUR --separator ';' --decimal , --date-format DD.MM.YYYY)
expect 1 "missing there" ratelock "${csv[@]}"
[[ $said == *"INV-3"*"1 open, 3 matched"* ]] || same "a missing entry" "$said" "INV-3"
echo '12.03.2024;12,50;INV-3' >>"$work/bank.csv"
expect 0 "nothing open, 4 matched" ratelock "${csv[@]}"
expect 0 '"ok": true' ratelock "${csv[@]}" --json
python3 -m json.tool <<<"$said" >/dev/null || same "JSON" "$said" "what another reader takes"
finish
