-- Rows for the shop, as `skein studio --demo` shows them: the same each time, for
-- the state before the last migration.
INSERT INTO brands (name, website, founded) VALUES
  ('Nordlicht', 'https://nordlicht.example', 1987), ('Fernweh', 'https://fernweh.example', 2004), ('Holz & Sohn', NULL, 1921),
  ('Kiesel', 'https://kiesel.example', 2015), ('Ostwind', 'https://ostwind.example', 1998), ('Lindgren', NULL, NULL);
INSERT INTO categories (slug, title, position) VALUES ('outdoor', 'Outdoor', 1), ('kitchen', 'Kitchen', 2), ('desk', 'Desk', 3);
INSERT INTO categories (parent_id, slug, title, position)
  SELECT c.id, s.slug, s.title, s.position FROM (VALUES
    ('outdoor', 'tents', 'Tents', 1::smallint), ('outdoor', 'lamps', 'Lamps', 2::smallint), ('kitchen', 'knives', 'Knives', 1::smallint),
    ('kitchen', 'pans', 'Pans', 2::smallint), ('desk', 'pens', 'Pens', 1::smallint), ('desk', 'paper', 'Paper', 2::smallint)) s (parent, slug, title, position)
  JOIN categories c ON c.slug = s.parent;
INSERT INTO users (id, email, full_name, status, locale, title, marketing_consent, last_seen_at, created_at, preferences)
  SELECT md5('user' || n)::uuid, lower(f.name || '.' || l.name) || n || '@example.org', f.name || ' ' || l.name,
    (array['active', 'active', 'active', 'active', 'invited', 'suspended', 'closed'])[1 + n % 7]::account_status,
    (array['en', 'de', 'fr', NULL, 'pt-BR'])[1 + n % 5], CASE WHEN n % 11 = 0 THEN 'Dr.' END, n % 3 = 0,
    CASE WHEN n % 4 > 0 THEN timestamptz '2026-03-01 08:00+00' + n * interval '97 minutes' END,
    timestamptz '2025-01-01 09:30+00' + n * interval '43 hours',
    jsonb_build_object('theme', (array['light', 'dark'])[1 + n % 2], 'pageSize', 25 * (1 + n % 4), 'shortcuts', n % 5 = 0)
  FROM generate_series(1, 240) n,
    LATERAL (SELECT (array['Ada', 'Grace', 'Edsger', 'Barbara', 'Donald', 'Radia', 'Ken', 'Margaret', 'Tim', 'Sophie', 'Alan', 'Jean'])[1 + n % 12] AS name) f,
    LATERAL (SELECT (array['Lovelace', 'Hopper', 'Winter', 'Liskov', 'Sommer', 'Perlman', 'Berg', 'Hamilton', 'Lee', 'Wilson', 'Stein', 'Bartik', 'Kowalska'])[1 + n % 13] AS name) l;
UPDATE users SET invited_by = md5('user' || 1 + length(email) % 9)::uuid WHERE status = 'invited';
INSERT INTO user_roles (user_id, role_id) SELECT md5('user' || n)::uuid, 1 + n % 2 FROM generate_series(1, 6) n;
INSERT INTO addresses (id, user_id, recipient, line1, city, postal_code, country, is_default)
  SELECT md5('address' || n)::uuid, md5('user' || n)::uuid, u.full_name, (array['Hauptstraße', 'Rue des Lilas', 'Mill Lane', 'Via Roma'])[1 + n % 4] || ' ' || 1 + n % 80,
    (array['Berlin', 'Lyon', 'Leeds', 'Torino', 'Köln'])[1 + n % 5], lpad((10115 + n * 37)::text, 5, '0'), (array['DE', 'FR', 'GB', 'IT', 'DE'])[1 + n % 5], true
  FROM generate_series(1, 240) n JOIN users u ON u.id = md5('user' || n)::uuid;
INSERT INTO products (public_id, brand_id, category_id, name, summary, details, weight, rating, published, released_on)
  SELECT md5('product' || n)::uuid, CASE WHEN n % 9 > 0 THEN 1 + n % 6 END, c.id,
    (array['Compact', 'Classic', 'Light', 'Solid', 'Foldable', 'Everyday'])[1 + n % 6] || ' ' || lower(rtrim(c.title, 's')) || ' No. ' || n,
    'A ' || lower(rtrim(c.title, 's')) || ' that lasts. ' || repeat('Made to be repaired, not replaced. ', n % 4),
    jsonb_build_object('features', jsonb_build_array('durable', (array['waterproof', 'light', 'washable'])[1 + n % 3]), 'origin', jsonb_build_object('country', (array['DE', 'PT', 'SE'])[1 + n % 3], 'year', 2018 + n % 8)),
    0.2 + n % 17 * 0.35, round((2.5 + n % 26 * 0.1)::numeric, 1), n % 8 > 0, date '2024-01-15' + n * 6
  FROM generate_series(1, 120) n JOIN LATERAL (SELECT * FROM categories WHERE parent_id IS NOT NULL ORDER BY id OFFSET n % 6 LIMIT 1) c ON true;
INSERT INTO variants (product_id, options, width_mm, height_mm, depth_mm, barcode)
  SELECT p.id, array[array['colour', (array['green', 'black', 'oak'])[v]]], 100 + p.id % 40 * 5, 60 + v * 20, 30 + v * 5, '40' || lpad((p.id * 10 + v)::text, 11, '0')
  FROM products p, generate_series(1, 3) v WHERE v <= 1 + p.id % 3;
INSERT INTO product_tags (product_id, tag_id) SELECT id, 1 + id % 3 FROM products WHERE id % 4 > 0;
INSERT INTO related_products (from_id, to_id, score) SELECT id, id + 6, 0.4 + id % 6 * 0.1 FROM products WHERE id <= 100;
INSERT INTO media (product_id, url, alt_text, byte_size, kind)
  SELECT id, 'https://cdn.example/' || public_id || '.webp', name, 40000 + id * 311, (array['image', 'image', 'video'])[1 + id % 3]::media_kind FROM products;
INSERT INTO prices (price_list_id, variant_id, min_quantity, amount)
  SELECT l.id, v.id, q, round((9.9 + v.id % 50 * 3.5) * CASE q WHEN 1 THEN 1 ELSE 0.9 END, 2) FROM price_lists l, variants v, (VALUES (1), (10)) m (q);
INSERT INTO coupons (code, kind, value, uses_left, valid_to, conditions) VALUES
  ('WELCOME10', 'percent', 10, NULL, NULL, '[{"minTotal": 30}]'), ('FREESHIP', 'free_shipping', NULL, 120, '2027-01-01', NULL), ('SORRY5', 'amount', 5, 17, NULL, '[]');
INSERT INTO orders (number, user_id, status, total, shipping_address_id, billing_address_id, coupon_code, note, placed_at, created_at)
  SELECT 'S-' || 100000 + n, md5('user' || 1 + n * 7 % 240)::uuid, s.status::order_status, 0, md5('address' || 1 + n * 7 % 240)::uuid, md5('address' || 1 + n * 7 % 240)::uuid,
    CASE WHEN n % 13 = 0 THEN 'WELCOME10' WHEN n % 29 = 0 THEN 'SORRY5' END, CASE WHEN n % 17 = 0 THEN 'Please ring twice, the bell is quiet.' END,
    CASE WHEN s.status <> 'draft' THEN timestamptz '2025-06-01 07:00+00' + n * interval '191 minutes' END, timestamptz '2025-06-01 06:50+00' + n * interval '191 minutes'
  FROM generate_series(1, 2000) n, LATERAL (SELECT (array['delivered', 'delivered', 'delivered', 'shipped', 'paid', 'placed', 'draft', 'cancelled'])[1 + n % 8] AS status) s;
INSERT INTO order_lines (order_id, line, variant_id, quantity, unit_price, gift_wrap)
  SELECT o.id, l, v.id, 1 + (o.id * l) % 4, round(9.9 + v.id % 50 * 3.5, 2), (o.id + l) % 9 = 0
  FROM orders o, generate_series(1, 4) l JOIN LATERAL (SELECT id FROM variants WHERE id = 1 + (o.id * 31 + l * 17) % 200) v ON true WHERE l <= 1 + o.id % 4;
UPDATE orders o SET total = (SELECT coalesce(sum(amount), 0) FROM order_lines WHERE order_id = o.id);
INSERT INTO payments (id, order_id, provider, reference, state, amount, payload, created_at)
  SELECT md5('payment' || id)::uuid, id, (array['card', 'paypal', 'sepa'])[1 + id % 3], 'ref-' || id,
    (CASE status WHEN 'placed' THEN 'pending' WHEN 'cancelled' THEN 'refunded' ELSE 'captured' END)::payment_state, total,
    jsonb_build_object('attempt', 1 + id % 2, 'risk', jsonb_build_object('score', id % 100, 'checked', true)), placed_at + interval '2 minutes'
  FROM orders WHERE status <> 'draft' AND total > 0;
INSERT INTO refunds (payment_id, amount, reason) SELECT id, amount, 'order was cancelled' FROM payments WHERE state = 'refunded';
INSERT INTO shipments (id, order_id, carrier, tracking_code, state, history, shipped_at)
  SELECT md5('shipment' || id)::uuid, id, (array['DHL', 'Colissimo', 'Royal Mail'])[1 + id % 3], 'TR' || lpad((id * 7919)::text, 10, '0'),
    (CASE status WHEN 'delivered' THEN 'delivered' ELSE 'in transit' END)::shipment_state, array['pending', 'handed over']::shipment_state[], placed_at + interval '1 day'
  FROM orders WHERE status IN ('shipped', 'delivered');
INSERT INTO shipment_lines (shipment_id, order_id, line, quantity)
  SELECT s.id, l.order_id, l.line, l.quantity FROM shipments s JOIN order_lines l ON l.order_id = s.order_id;
INSERT INTO reviews (product_id, author_id, stars, title, body, helpful_votes, approved_at, created_at)
  SELECT p.id, md5('user' || 1 + (p.id * 5 + r * 11) % 240)::uuid, 1 + (p.id + r * 3) % 5, (array['Just right', 'Not for me', 'Would buy again', 'Good, but heavy'])[1 + (p.id + r) % 4],
    repeat('I use it every day and it does what it should. ', 1 + (p.id + r)::int % 5), (p.id * r) % 23, CASE WHEN r % 3 > 0 THEN now() END, timestamptz '2026-01-01 10:00+00' + p.id * interval '5 hours'
  FROM products p, generate_series(1, 6) r;
INSERT INTO carts (id, user_id) SELECT md5('cart' || n)::uuid, md5('user' || n * 3)::uuid FROM generate_series(1, 40) n;
INSERT INTO cart_items (cart_id, variant_id, quantity) SELECT md5('cart' || n)::uuid, 1 + n * 3 % 150, 1 + n % 4 FROM generate_series(1, 40) n;
INSERT INTO tickets (id, customer_id, order_id, subject, priority, closed_at, created_at)
  SELECT md5('ticket' || n)::uuid, o.user_id, o.id, (array['Where is my parcel?', 'Wrong colour', 'Invoice needed', 'Handle came off'])[1 + n % 4],
    (array['low', 'normal', 'normal', 'high', 'urgent'])[1 + n % 5]::ticket_priority, CASE WHEN n % 3 > 0 THEN timestamptz '2026-02-01 12:00+00' + n * interval '7 hours' END, timestamptz '2026-01-20 12:00+00' + n * interval '6 hours'
  FROM generate_series(1, 90) n JOIN orders o ON o.number = 'S-' || 100000 + n * 19;
INSERT INTO ticket_messages (ticket_id, author_id, body, internal)
  SELECT md5('ticket' || n)::uuid, t.customer_id, 'Hello, ' || lower(t.subject), false FROM generate_series(1, 90) n JOIN tickets t ON t.id = md5('ticket' || n)::uuid;
INSERT INTO pages (slug, title, body) VALUES ('about', 'About us', 'A small shop.'), ('shipping', 'Shipping', 'Two to four days.'), ('returns', 'Returns', 'Thirty days, no questions.');
INSERT INTO page_revisions (slug, revision, body, editor_id) SELECT slug, 1, body, md5('user1')::uuid FROM pages;
INSERT INTO sessions (user_id, token_hash, address, user_agent, expires_at)
  SELECT md5('user' || n)::uuid, sha256(('token' || n)::bytea), ('192.0.2.' || n % 250)::inet, 'Mozilla/5.0 (X11; Linux x86_64)', timestamptz '2026-12-31 00:00+00' FROM generate_series(1, 120) n;
INSERT INTO ops_audit_log (at, actor, action, subject, address)
  SELECT timestamptz '2026-01-01 00:00+00' + n * interval '311 seconds', (array['ada', 'grace', 'cron'])[1 + n % 3], (array['order.paid', 'product.edited', 'user.invited', 'stock.counted'])[1 + n % 4],
    jsonb_build_object('id', n, 'changes', jsonb_build_array(jsonb_build_object('field', 'status', 'to', 'x' || n % 7))), ('10.1.' || n % 200 || '.7')::inet
  FROM generate_series(1, 5000) n;
INSERT INTO ops_settings (key, value) VALUES ('checkout.express', 'true'), ('mail.sender', '"shop@example.org"'), ('limits', '{"cart": 99, "uploadMb": 10}');
INSERT INTO warehouse.suppliers (name, email, lead_days) VALUES ('Waldwerk', 'orders@waldwerk.example', 10), ('Stahlhof', NULL, 21);
INSERT INTO warehouse.locations (code, aisle, shelf) SELECT a || '-' || s, a, s FROM (VALUES ('A'), ('B'), ('C')) x (a), generate_series(1, 5) s;
INSERT INTO warehouse.stock (location_id, variant_id, on_hand, reserved)
  SELECT l.id, v.id, 10 + v.id % 40, v.id % 9 FROM variants v JOIN LATERAL (SELECT id FROM warehouse.locations ORDER BY id OFFSET v.id % 15 LIMIT 1) l ON true;
INSERT INTO warehouse.movements (kind, location_id, variant_id, quantity, by_user, at)
  SELECT (array['receipt', 'pick', 'pick', 'count'])[1 + s.variant_id % 4]::warehouse.movement_kind, s.location_id, s.variant_id, 1 + n, md5('user' || 1 + n)::uuid, timestamptz '2026-02-01 06:00+00' + s.variant_id * n * interval '13 minutes'
  FROM warehouse.stock s, generate_series(1, 4) n;
INSERT INTO warehouse.purchase_orders (supplier_id, ordered_on, expected_on) SELECT id, date '2026-02-10', date '2026-03-01' FROM warehouse.suppliers;
INSERT INTO warehouse.purchase_order_lines (purchase_order_id, variant_id, quantity, unit_cost) SELECT p.id, v.id, 20 + v.id % 30, 4.5 + v.id % 10 FROM warehouse.purchase_orders p, variants v WHERE v.id % 5 = p.id % 5;
