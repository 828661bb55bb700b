-- What of a product is open or held is looked up whenever the product changes.
create index product_order_open on product_order (product_id, id) where state in ('SUBMITTED', 'ACCEPTED');
create index holding_product on holding (product_id) where units > 0;
