-- The demo operator's business database: what its customers owe, use and have ordered.
-- Numbers are national (13800138000); money in yuan; every table is keyed as its lookup asks.
create table customers (number text primary key, name text not null, brand text not null, tier text not null, language text not null);
create table balances (number text primary key references customers, amount numeric not null, overdue integer not null);
create table bills (number text not null references customers, month text not null, total numeric not null, primary key (number, month));
create table usage (number text primary key references customers, plan text not null, used_mb integer not null, left_mb integer not null);
create table orders (
    order_no text primary key, line_no text not null, kind text not null, state text not null,
    opened text not null, promised_on text not null, closed_on text
);
create table topics (above text not null, place integer not null, topic text not null, said_zh text not null, said_en text not null, primary key (above, place));
create table answers (topic text primary key, said_zh text not null, said_en text not null, go_on text);
create index orders_by_line on orders (line_no);

insert into customers values
    ('13800138000', '王小明', 'global', 'vip', 'zh'),
    ('13900139000', '李芳', 'standard', 'ordinary', 'zh'),
    ('13700137000', '张伟', 'standard', 'ordinary', 'zh'),
    ('13600136000', 'Anna Schmidt', 'global', 'vip', 'en'),
    ('18600186000', '陈静', 'youth', 'ordinary', 'zh');
insert into balances values
    ('13800138000', 120.50, 0),
    ('13900139000', -35.20, 1),
    ('13700137000', 0, 0),
    ('13600136000', 1088.05, 0),
    ('18600186000', 12.05, 0);
insert into bills values
    ('13800138000', '2026-09-01', 188.00), ('13800138000', '2026-10-01', 203.40),
    ('13900139000', '2026-10-01', 59.00),
    ('13700137000', '2026-10-01', 39.90),
    ('13600136000', '2026-10-01', 412.35),
    ('18600186000', '2026-10-01', 29.00);
insert into usage values
    ('13800138000', '畅享套餐', 10240, 20480),
    ('13900139000', '基础套餐', 980, 44),
    ('13700137000', '基础套餐', 0, 1024),
    ('13600136000', 'Global Plus', 3072, 17408),
    ('18600186000', '青春套餐', 51200, 10010);
insert into orders values
    ('20261101', '02155512345', 'installation', 'building', '2026-11-01', '2099-12-31', null),
    ('20261102', '02155512346', 'repair', 'done', '2026-11-02', '2026-11-05', '2026-11-04'),
    ('20261103', '02155512347', 'move', 'accepted', '2026-11-03', '2026-11-10', null);
insert into topics values
    ('top', 1, 'roaming', '国际漫游', 'roaming abroad'),
    ('top', 2, 'contract', '合约', 'your contract'),
    ('contract', 1, 'contract-end', '合约到期', 'the end of your contract'),
    ('contract', 2, 'contract-change', '变更套餐', 'another plan');
insert into answers values
    ('roaming', '出国前请开通漫游。', 'Switch roaming on before you leave.', null),
    ('contract-end', '合约到期后自动按月续订。', 'After its end your contract goes on month by month.', null),
    ('contract-change', '套餐下月生效。', 'Another plan begins with the next month.', 'top');
