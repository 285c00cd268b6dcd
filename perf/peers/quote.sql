SELECT make_quote(100000, '30 s');
