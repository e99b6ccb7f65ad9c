-- The orders that callers ask about. After a change: rm orders.sqlite; sqlite3 orders.sqlite < orders.sql
create table orders (number text primary key, state text not null, due text not null, total text not null);
insert into orders values
    ('1234', 'ready',     '2026-11-20', '18.50'),
    ('2000', 'preparing', '2030-12-24', '42.00');
