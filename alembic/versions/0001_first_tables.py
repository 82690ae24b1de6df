"""first tables"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table('account',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('auth_id', sa.Uuid(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('handle', sa.String(), nullable=False),
    sa.Column('bio', sa.String(), nullable=False),
    sa.Column('avatar_url', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('is_creator', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('deleted_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('auth_id')
    )
    op.create_index('account_email', 'account', [sa.literal_column('lower(email)')], unique=False)
    op.create_index('account_handle_unique', 'account', [sa.literal_column('lower(handle)')], unique=True)
    op.create_table('auth_flow',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('verifier', sa.String(), nullable=False),
    sa.Column('email', sa.String(), nullable=False),
    sa.Column('next_path', sa.String(), nullable=False),
    sa.Column('browser_digest', sa.String(), nullable=False),
    sa.Column('auth_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_table('outgoing_mail',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('recipient', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('html', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('key')
    )
    op.create_index('outgoing_mail_unsent', 'outgoing_mail', ['created_at'], unique=False, postgresql_where=sa.text('sent_at IS NULL'))
    op.create_table('rate_window',
    sa.Column('bucket', sa.String(), nullable=False),
    sa.Column('window', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('hits', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('bucket', 'window')
    )
    op.create_table('sweep_mark',
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('source')
    )
    op.create_table('webhook_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('event_id', sa.String(), nullable=False),
    sa.Column('type', sa.String(), nullable=False),
    sa.Column('object_id', sa.String(), nullable=False),
    sa.Column('account_id', sa.String(), nullable=False),
    sa.Column('livemode', sa.Boolean(), nullable=False),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.String()), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('error', sa.String(), nullable=False),
    sa.Column('occurred_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', 'event_id')
    )
    op.create_index('webhook_unhandled', 'webhook_event', ['received_at'], unique=False, postgresql_where=sa.text("state IN ('received','parked')"))
    op.create_table('audit_event',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('actor_id', sa.Uuid(), nullable=True),
    sa.Column('action', sa.String(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('detail', postgresql.JSONB(astext_type=sa.String()), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('audit_by_subject', 'audit_event', ['subject', sa.literal_column('created_at DESC')], unique=False)
    op.create_index(op.f('ix_audit_event_actor_id'), 'audit_event', ['actor_id'], unique=False)
    op.create_table('auth_ticket',
    sa.Column('digest', sa.String(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('next_path', sa.String(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('digest')
    )
    op.create_index(op.f('ix_auth_ticket_account_id'), 'auth_ticket', ['account_id'], unique=False)
    op.create_table('image',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('upload_path', sa.String(), nullable=False),
    sa.Column('error', sa.String(), nullable=False),
    sa.Column('variants', postgresql.JSONB(astext_type=sa.String()), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('color', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_image_owner_id'), 'image', ['owner_id'], unique=False)
    op.create_table('merchant',
    sa.Column('creator_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.String(), nullable=True),
    sa.Column('country', sa.String(), nullable=False),
    sa.Column('transfers', sa.String(), nullable=False),
    sa.Column('requirements', postgresql.JSONB(astext_type=sa.String()), nullable=False),
    sa.Column('reasons', postgresql.JSONB(astext_type=sa.String()), nullable=False),
    sa.Column('closed', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('synced_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['creator_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('creator_id'),
    sa.UniqueConstraint('account_id')
    )
    op.create_table('order',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.BigInteger(), sa.Identity(always=False, start=100001), nullable=False),
    sa.Column('buyer_id', sa.Uuid(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('total_minor', sa.BigInteger(), nullable=False),
    sa.Column('refunded_minor', sa.BigInteger(), nullable=False),
    sa.Column('checkout_id', sa.String(), nullable=True),
    sa.Column('checkout_url', sa.String(), nullable=False),
    sa.Column('payment_intent_id', sa.String(), nullable=True),
    sa.Column('charge_id', sa.String(), nullable=True),
    sa.Column('fee_minor', sa.BigInteger(), nullable=True),
    sa.Column('failure', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('refunded_minor >= 0 AND refunded_minor <= total_minor', name='order_refund_within_total'),
    sa.ForeignKeyConstraint(['buyer_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('charge_id'),
    sa.UniqueConstraint('checkout_id'),
    sa.UniqueConstraint('number'),
    sa.UniqueConstraint('payment_intent_id')
    )
    op.create_index('order_by_buyer', 'order', ['buyer_id', sa.literal_column('created_at DESC')], unique=False)
    op.create_index('order_open', 'order', ['expires_at'], unique=False, postgresql_where=sa.text("state IN ('pending','processing')"))
    op.create_table('payout',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('creator_id', sa.Uuid(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('failure', sa.String(), nullable=False),
    sa.Column('arrives_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['creator_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_payout_creator_id'), 'payout', ['creator_id'], unique=False)
    op.create_table('session',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('token_digest', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('user_agent', sa.String(), nullable=False),
    sa.Column('ip', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('token_digest')
    )
    op.create_index(op.f('ix_session_account_id'), 'session', ['account_id'], unique=False)
    op.create_table('video',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=False),
    sa.Column('filename', sa.String(), nullable=False),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('uri', sa.String(), nullable=True),
    sa.Column('upload_link', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('error', sa.String(), nullable=False),
    sa.Column('duration_s', sa.Integer(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.Column('protected', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['owner_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('uri')
    )
    op.create_index(op.f('ix_video_owner_id'), 'video', ['owner_id'], unique=False)
    op.create_index(op.f('ix_video_state'), 'video', ['state'], unique=False)
    op.create_table('caption',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('video_id', sa.Uuid(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('vtt', sa.String(), nullable=False),
    sa.Column('track_uri', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['video_id'], ['video.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('video_id', 'language')
    )
    op.create_index(op.f('ix_caption_video_id'), 'caption', ['video_id'], unique=False)
    op.create_table('product',
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('description_md', sa.String(), nullable=False),
    sa.Column('learn', postgresql.JSONB(astext_type=sa.String()), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('image_id', sa.Uuid(), nullable=True),
    sa.Column('video_id', sa.Uuid(), nullable=True),
    sa.Column('preview_video_id', sa.Uuid(), nullable=True),
    sa.Column('price_kind', sa.String(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('min_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('creator_id', sa.Uuid(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('creator_name', sa.String(), nullable=False),
    sa.Column('duration_s', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('archived_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('search', postgresql.TSVECTOR(), sa.Computed("setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', topic || ' ' || creator_name), 'B') || setweight(to_tsvector('english', summary), 'C') || setweight(to_tsvector('english', left(description_md, 20000)), 'D')", persisted=True), nullable=True),
    sa.CheckConstraint('price_minor >= 0 AND min_minor >= 0', name='product_price_not_negative'),
    sa.ForeignKeyConstraint(['creator_id'], ['account.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['image_id'], ['image.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['preview_video_id'], ['video.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['video_id'], ['video.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('slug')
    )
    op.create_index('product_by_creator', 'product', ['creator_id', sa.literal_column('created_at DESC')], unique=False)
    op.create_index('product_by_topic', 'product', ['topic', sa.literal_column('published_at DESC'), sa.literal_column('id DESC')], unique=False, postgresql_where=sa.text("state = 'published'"))
    op.create_index('product_newest', 'product', [sa.literal_column('published_at DESC'), sa.literal_column('id DESC')], unique=False, postgresql_where=sa.text("state = 'published'"))
    op.create_index('product_search', 'product', ['search'], unique=False, postgresql_using='gin')
    op.create_table('grant',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('source_id', sa.String(), nullable=False),
    sa.Column('granted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_reason', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('source', 'source_id')
    )
    op.create_index('grant_by_account', 'grant', ['account_id', 'product_id'], unique=False)
    op.create_index('grant_by_product', 'grant', ['product_id'], unique=False)
    op.create_table('order_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('buyer_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('creator_id', sa.Uuid(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('fee_minor', sa.BigInteger(), nullable=False),
    sa.Column('creator_minor', sa.BigInteger(), nullable=False),
    sa.Column('refunded_minor', sa.BigInteger(), nullable=False),
    sa.Column('refunded_creator_minor', sa.BigInteger(), nullable=False),
    sa.Column('withheld_minor', sa.BigInteger(), nullable=False),
    sa.Column('debt_minor', sa.BigInteger(), nullable=False),
    sa.Column('open', sa.Boolean(), nullable=False),
    sa.CheckConstraint('creator_minor + fee_minor = amount_minor', name='line_split_is_exact'),
    sa.CheckConstraint('refunded_minor >= 0 AND refunded_minor <= amount_minor AND refunded_creator_minor <= creator_minor', name='line_refund_within_amount'),
    sa.ForeignKeyConstraint(['buyer_id'], ['account.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['creator_id'], ['account.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_order_line_order_id'), 'order_line', ['order_id'], unique=False)
    op.create_index(op.f('ix_order_line_product_id'), 'order_line', ['product_id'], unique=False)
    op.create_index('order_line_by_creator', 'order_line', ['creator_id', sa.literal_column('id DESC')], unique=False)
    op.create_index('order_line_open', 'order_line', ['buyer_id', 'product_id'], unique=True, postgresql_where=sa.text('open'))
    op.create_table('product_draft',
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=False),
    sa.Column('description_md', sa.String(), nullable=False),
    sa.Column('learn', postgresql.JSONB(astext_type=sa.String()), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('image_id', sa.Uuid(), nullable=True),
    sa.Column('video_id', sa.Uuid(), nullable=True),
    sa.Column('preview_video_id', sa.Uuid(), nullable=True),
    sa.Column('price_kind', sa.String(), nullable=False),
    sa.Column('price_minor', sa.BigInteger(), nullable=False),
    sa.Column('min_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['image_id'], ['image.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['preview_video_id'], ['video.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['video_id'], ['video.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('product_id')
    )
    op.create_table('progress',
    sa.Column('account_id', sa.Uuid(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('position_s', sa.Integer(), nullable=False),
    sa.Column('furthest_s', sa.Integer(), nullable=False),
    sa.Column('duration_s', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('completed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['account_id'], ['account.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('account_id', 'product_id')
    )
    op.create_index('progress_recent', 'progress', ['account_id', sa.literal_column('updated_at DESC')], unique=False)
    op.create_table('slug_history',
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('product_id', sa.Uuid(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['product_id'], ['product.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('slug')
    )
    op.create_index(op.f('ix_slug_history_product_id'), 'slug_history', ['product_id'], unique=False)
    op.create_table('ledger_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('memo', sa.String(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=True),
    sa.Column('line_id', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['line_id'], ['order_line.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('key')
    )
    op.create_index(op.f('ix_ledger_entry_order_id'), 'ledger_entry', ['order_id'], unique=False)
    op.create_index('ledger_entry_by_line', 'ledger_entry', ['line_id'], unique=False)
    op.create_table('refund',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('order_id', sa.Uuid(), nullable=False),
    sa.Column('line_id', sa.Uuid(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('creator_minor', sa.BigInteger(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('revoke_access', sa.Boolean(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('failure', sa.String(), nullable=False),
    sa.Column('requested_by', sa.Uuid(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name='refund_positive'),
    sa.ForeignKeyConstraint(['line_id'], ['order_line.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['order_id'], ['order.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['requested_by'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('provider_id')
    )
    op.create_index(op.f('ix_refund_line_id'), 'refund', ['line_id'], unique=False)
    op.create_index(op.f('ix_refund_order_id'), 'refund', ['order_id'], unique=False)
    op.create_index('refund_unsettled', 'refund', ['created_at'], unique=False, postgresql_where=sa.text("state IN ('requested','pending')"))
    op.create_table('transfer',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('line_id', sa.Uuid(), nullable=False),
    sa.Column('creator_id', sa.Uuid(), nullable=False),
    sa.Column('account_id', sa.String(), nullable=False),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('reversed_minor', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_minor > 0 AND reversed_minor BETWEEN 0 AND amount_minor', name='transfer_amounts'),
    sa.ForeignKeyConstraint(['creator_id'], ['account.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['line_id'], ['order_line.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('provider_id')
    )
    op.create_index(op.f('ix_transfer_creator_id'), 'transfer', ['creator_id'], unique=False)
    op.create_index(op.f('ix_transfer_line_id'), 'transfer', ['line_id'], unique=False)
    op.create_table('ledger_posting',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('entry_id', sa.Uuid(), nullable=False),
    sa.Column('account', sa.String(), nullable=False),
    sa.Column('owner_id', sa.Uuid(), nullable=True),
    sa.Column('currency', sa.String(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(['entry_id'], ['ledger_entry.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['owner_id'], ['account.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_ledger_posting_entry_id'), 'ledger_posting', ['entry_id'], unique=False)
    op.create_index('ledger_posting_by_account', 'ledger_posting', ['account', 'owner_id', 'currency', sa.literal_column('id DESC')], unique=False, postgresql_include=['amount_minor'])
    op.create_table('reversal',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('transfer_id', sa.Uuid(), nullable=False),
    sa.Column('line_id', sa.Uuid(), nullable=False),
    sa.Column('asked_minor', sa.BigInteger(), nullable=False),
    sa.Column('amount_minor', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('provider_id', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['line_id'], ['order_line.id'], ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['transfer_id'], ['transfer.id'], ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('provider_id')
    )
    op.create_index(op.f('ix_reversal_line_id'), 'reversal', ['line_id'], unique=False)
    op.create_index(op.f('ix_reversal_transfer_id'), 'reversal', ['transfer_id'], unique=False)



def downgrade() -> None:

    op.drop_index(op.f('ix_reversal_transfer_id'), table_name='reversal')
    op.drop_index(op.f('ix_reversal_line_id'), table_name='reversal')
    op.drop_table('reversal')
    op.drop_index('ledger_posting_by_account', table_name='ledger_posting', postgresql_include=['amount_minor'])
    op.drop_index(op.f('ix_ledger_posting_entry_id'), table_name='ledger_posting')
    op.drop_table('ledger_posting')
    op.drop_index(op.f('ix_transfer_line_id'), table_name='transfer')
    op.drop_index(op.f('ix_transfer_creator_id'), table_name='transfer')
    op.drop_table('transfer')
    op.drop_index('refund_unsettled', table_name='refund', postgresql_where=sa.text("state IN ('requested','pending')"))
    op.drop_index(op.f('ix_refund_order_id'), table_name='refund')
    op.drop_index(op.f('ix_refund_line_id'), table_name='refund')
    op.drop_table('refund')
    op.drop_index('ledger_entry_by_line', table_name='ledger_entry')
    op.drop_index(op.f('ix_ledger_entry_order_id'), table_name='ledger_entry')
    op.drop_table('ledger_entry')
    op.drop_index(op.f('ix_slug_history_product_id'), table_name='slug_history')
    op.drop_table('slug_history')
    op.drop_index('progress_recent', table_name='progress')
    op.drop_table('progress')
    op.drop_table('product_draft')
    op.drop_index('order_line_open', table_name='order_line', postgresql_where=sa.text('open'))
    op.drop_index('order_line_by_creator', table_name='order_line')
    op.drop_index(op.f('ix_order_line_product_id'), table_name='order_line')
    op.drop_index(op.f('ix_order_line_order_id'), table_name='order_line')
    op.drop_table('order_line')
    op.drop_index('grant_by_product', table_name='grant')
    op.drop_index('grant_by_account', table_name='grant')
    op.drop_table('grant')
    op.drop_index('product_search', table_name='product', postgresql_using='gin')
    op.drop_index('product_newest', table_name='product', postgresql_where=sa.text("state = 'published'"))
    op.drop_index('product_by_topic', table_name='product', postgresql_where=sa.text("state = 'published'"))
    op.drop_index('product_by_creator', table_name='product')
    op.drop_table('product')
    op.drop_index(op.f('ix_caption_video_id'), table_name='caption')
    op.drop_table('caption')
    op.drop_index(op.f('ix_video_state'), table_name='video')
    op.drop_index(op.f('ix_video_owner_id'), table_name='video')
    op.drop_table('video')
    op.drop_index(op.f('ix_session_account_id'), table_name='session')
    op.drop_table('session')
    op.drop_index(op.f('ix_payout_creator_id'), table_name='payout')
    op.drop_table('payout')
    op.drop_index('order_open', table_name='order', postgresql_where=sa.text("state IN ('pending','processing')"))
    op.drop_index('order_by_buyer', table_name='order')
    op.drop_table('order')
    op.drop_table('merchant')
    op.drop_index(op.f('ix_image_owner_id'), table_name='image')
    op.drop_table('image')
    op.drop_index(op.f('ix_auth_ticket_account_id'), table_name='auth_ticket')
    op.drop_table('auth_ticket')
    op.drop_index(op.f('ix_audit_event_actor_id'), table_name='audit_event')
    op.drop_index('audit_by_subject', table_name='audit_event')
    op.drop_table('audit_event')
    op.drop_index('webhook_unhandled', table_name='webhook_event', postgresql_where=sa.text("state IN ('received','parked')"))
    op.drop_table('webhook_event')
    op.drop_table('sweep_mark')
    op.drop_table('rate_window')
    op.drop_index('outgoing_mail_unsent', table_name='outgoing_mail', postgresql_where=sa.text('sent_at IS NULL'))
    op.drop_table('outgoing_mail')
    op.drop_table('auth_flow')
    op.drop_index('account_handle_unique', table_name='account')
    op.drop_index('account_email', table_name='account')
    op.drop_table('account')

