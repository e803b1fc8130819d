/** One entry per version of the file, applied in order. Times are whole seconds since 1970, as the REST interface shows them. */
export const migrations: readonly string[] = [
  `
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT NOT NULL COLLATE NOCASE UNIQUE, email TEXT NOT NULL, full_name TEXT NOT NULL DEFAULT '',
  password TEXT, admin INTEGER NOT NULL DEFAULT 0, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE, last_eight TEXT NOT NULL, scopes TEXT NOT NULL, created_at INTEGER NOT NULL, UNIQUE (user_id, name)) STRICT;
CREATE TABLE repositories (
  id INTEGER PRIMARY KEY AUTOINCREMENT, owner_id INTEGER NOT NULL REFERENCES users(id), name TEXT NOT NULL COLLATE NOCASE,
  description TEXT NOT NULL DEFAULT '', private INTEGER NOT NULL DEFAULT 0, default_branch TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, UNIQUE (owner_id, name)) STRICT;
CREATE TABLE collaborators (
  repo_id INTEGER NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  permission TEXT NOT NULL CHECK (permission IN ('read', 'write', 'admin')), PRIMARY KEY (repo_id, user_id)) STRICT;
CREATE TABLE labels (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repo_id INTEGER NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, name TEXT NOT NULL,
  color TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', exclusive INTEGER NOT NULL DEFAULT 0, archived INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX labels_of_repo ON labels (repo_id, name);
CREATE TABLE issues (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repo_id INTEGER NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, number INTEGER NOT NULL,
  pull INTEGER NOT NULL, author_id INTEGER NOT NULL REFERENCES users(id), title TEXT NOT NULL, body TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')), created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, closed_at INTEGER,
  UNIQUE (repo_id, number)) STRICT;
CREATE INDEX issues_by_update ON issues (repo_id, updated_at);
CREATE INDEX issues_by_state ON issues (repo_id, state, pull, created_at);
CREATE TABLE issue_labels (
  issue_id INTEGER NOT NULL REFERENCES issues(id) ON DELETE CASCADE, label_id INTEGER NOT NULL REFERENCES labels(id) ON DELETE CASCADE,
  PRIMARY KEY (issue_id, label_id)) STRICT, WITHOUT ROWID;
CREATE INDEX issues_of_label ON issue_labels (label_id);
CREATE TABLE issue_assignees (
  issue_id INTEGER NOT NULL REFERENCES issues(id) ON DELETE CASCADE, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  PRIMARY KEY (issue_id, user_id)) STRICT, WITHOUT ROWID;
CREATE TABLE pulls (
  issue_id INTEGER PRIMARY KEY REFERENCES issues(id) ON DELETE CASCADE, repo_id INTEGER NOT NULL, head TEXT NOT NULL, base TEXT NOT NULL,
  head_sha TEXT NOT NULL, base_sha TEXT NOT NULL, merge_base TEXT NOT NULL, additions INTEGER NOT NULL DEFAULT 0, deletions INTEGER NOT NULL DEFAULT 0,
  files INTEGER NOT NULL DEFAULT 0, merged_at INTEGER, merged_by INTEGER REFERENCES users(id), merge_sha TEXT) STRICT;
CREATE INDEX pulls_by_head ON pulls (repo_id, head);
CREATE INDEX pulls_by_base ON pulls (repo_id, base);
CREATE TABLE merge_intents (
  issue_id INTEGER PRIMARY KEY REFERENCES issues(id) ON DELETE CASCADE, merge_sha TEXT NOT NULL, base_before TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users(id), delete_branch INTEGER NOT NULL) STRICT;
CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT, issue_id INTEGER NOT NULL REFERENCES issues(id) ON DELETE CASCADE, kind TEXT NOT NULL,
  author_id INTEGER NOT NULL REFERENCES users(id), body TEXT NOT NULL DEFAULT '', created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
  label_id INTEGER, label_name TEXT, label_color TEXT, assignee_id INTEGER, removed INTEGER NOT NULL DEFAULT 0, review_id INTEGER,
  ref_issue_id INTEGER, ref_comment_id INTEGER, ref_action TEXT NOT NULL DEFAULT '', ref_sha TEXT NOT NULL DEFAULT '',
  old_text TEXT NOT NULL DEFAULT '', new_text TEXT NOT NULL DEFAULT '') STRICT;
CREATE INDEX events_of_issue ON events (issue_id, kind);
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY AUTOINCREMENT, issue_id INTEGER NOT NULL REFERENCES issues(id) ON DELETE CASCADE, author_id INTEGER NOT NULL REFERENCES users(id),
  state TEXT NOT NULL, body TEXT NOT NULL, commit_id TEXT NOT NULL, official INTEGER NOT NULL, stale INTEGER NOT NULL, dismissed INTEGER NOT NULL,
  submitted_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
CREATE INDEX reviews_of_issue ON reviews (issue_id);
CREATE TABLE review_comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT, review_id INTEGER NOT NULL REFERENCES reviews(id) ON DELETE CASCADE, path TEXT NOT NULL,
  position INTEGER NOT NULL, old_position INTEGER NOT NULL, body TEXT NOT NULL, commit_id TEXT NOT NULL, diff_hunk TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
CREATE INDEX comments_of_review ON review_comments (review_id);
CREATE TABLE statuses (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repo_id INTEGER NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, sha TEXT NOT NULL, state TEXT NOT NULL,
  context TEXT NOT NULL, description TEXT NOT NULL, target_url TEXT NOT NULL, creator_id INTEGER NOT NULL REFERENCES users(id),
  created_at INTEGER NOT NULL) STRICT;
CREATE INDEX statuses_of_commit ON statuses (repo_id, sha);
CREATE TABLE protections (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repo_id INTEGER NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, rule_name TEXT NOT NULL,
  settings TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, UNIQUE (repo_id, rule_name)) STRICT;
CREATE TABLE hooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT, repo_id INTEGER NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, type TEXT NOT NULL, url TEXT NOT NULL,
  content_type TEXT NOT NULL, secret TEXT NOT NULL, authorization TEXT NOT NULL, branch_filter TEXT NOT NULL, events TEXT NOT NULL, active INTEGER NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) STRICT;
`,
  `
ALTER TABLE users ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;
ALTER TABLE users ADD COLUMN organisation INTEGER NOT NULL DEFAULT 0;
CREATE TABLE organisation_owners (
  organisation_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  PRIMARY KEY (organisation_id, user_id)) STRICT, WITHOUT ROWID;
`,
  `
ALTER TABLE repositories ADD COLUMN archived_at INTEGER;
CREATE TABLE old_names (
  owner_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE, name TEXT NOT NULL COLLATE NOCASE,
  repo_id INTEGER NOT NULL REFERENCES repositories(id) ON DELETE CASCADE, PRIMARY KEY (owner_id, name)) STRICT, WITHOUT ROWID;
ALTER TABLE repositories ADD COLUMN fork_of INTEGER;
ALTER TABLE pulls ADD COLUMN head_repo INTEGER;
`,
  `
ALTER TABLE users ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0;
`,
];
