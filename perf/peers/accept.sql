SELECT accept(a.id, 'key-' || a.id) FROM (SELECT nextval('accept_id') AS id) AS a;
