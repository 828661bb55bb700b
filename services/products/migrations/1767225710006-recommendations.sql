-- What the firm has recommended to whom, and by which decision: only what suited, and never to be overridden.
create table recommendation (
  id             uuid primary key,
  client_id      uuid not null,
  product_id     uuid not null references product,
  decision_id    uuid not null references suitability_decision,
  recommended_at timestamptz not null,
  recommended_by uuid
);
create index recommendation_client on recommendation (client_id, id desc);
create index recommendation_product on recommendation (client_id, product_id);
