insert into interaction (id, client_id, channel, direction, at, subject_code, summary_plain, participants_plain, confidentiality, answered_after_seconds, logged_by, logged_at)
select pg_temp.id_of(50, n * 8 + j), id, (array['PHONE', 'FACE', 'ONLINE', 'WECHAT'])[1 + (n + j) % 4], 'OUTBOUND',
  opened_at + j * interval '30 days', (array['CONSULTATION', 'RECOMMENDATION', 'PORTFOLIO', 'INFORMATION', 'CARE'])[1 + (n + j) % 5],
  '樣本記錄：與客戶談及市場近況與持倉，客戶表示理解。Sample note ' || n || '/' || j || '.', '[]', 'NORMAL', null, adviser_id,
  opened_at + j * interval '30 days' + interval '1 hour'
from person cross join generate_series(0, 7) as j;
