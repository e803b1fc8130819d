import { branchRef, readRef } from '../git/ref.ts';
import { accessOf, reaches } from '../rules/access.ts';
import { repositoryPath, type RepositoryRow } from '../store/repository.ts';
import { isGhost, userById, type UserRow } from '../store/user.ts';
import { timeText, type World } from '../world.ts';
import { repositoryApi, repositoryPage, type Json, type Shape } from './shape.ts';

export const showUser = (shape: Pick<Shape, 'origin'>, user: UserRow): Json => ({
  id: isGhost(user) ? -1 : user.id,
  login: isGhost(user) ? 'Ghost' : user.login,
  login_name: '',
  source_id: 0,
  full_name: user.full_name,
  email: user.email,
  avatar_url: '',
  html_url: `${shape.origin}/${user.login}`,
  language: '',
  is_admin: user.admin === 1,
  last_login: '1970-01-01T00:00:00Z',
  created: timeText(user.created_at),
  restricted: user.restricted === 1,
  active: true,
  prohibit_login: false,
  location: '',
  pronouns: '',
  website: '',
  description: '',
  visibility: 'public',
  followers_count: 0,
  following_count: 0,
  starred_repos_count: 0,
});

export const showUserId = (shape: Shape, id: number): Json => showUser(shape, userById(shape.world, id));

const openCount = (world: World, repository: number, pull: 0 | 1): number =>
  world.database.get<{ n: number }>("SELECT COUNT(*) AS n FROM issues WHERE repo_id = ? AND pull = ? AND state = 'open'", repository, pull)?.n ?? 0;

const fixed: Json = {
  template: false,
  mirror: false,
  size: 0,
  language: '',
  link: '',
  original_url: '',
  website: '',
  stars_count: 0,
  forks_count: 0,
  watchers_count: 1,
  release_counter: 0,
  has_issues: true,
  internal_tracker: { enable_time_tracker: false, allow_only_contributors_to_track_time: false, enable_issue_dependencies: false },
  has_wiki: false,
  wiki_branch: '',
  globally_editable_wiki: false,
  parent: null,
  repo_transfer: null,
  has_pull_requests: true,
  has_projects: false,
  has_releases: false,
  has_packages: false,
  has_actions: false,
  ignore_whitespace_conflicts: false,
  allow_merge_commits: true,
  allow_rebase: true,
  allow_rebase_explicit: true,
  allow_squash_merge: true,
  allow_fast_forward_only_merge: true,
  allow_rebase_update: false,
  default_delete_branch_after_merge: false,
  default_merge_style: 'merge',
  default_allow_maintainer_edit: false,
  avatar_url: '',
  internal: false,
  mirror_interval: '',
  mirror_updated: '0001-01-01T00:00:00Z',
  object_format_name: 'sha1',
  topics: [],
};

export function showRepository(shape: Shape, repository: RepositoryRow): Json {
  const { world } = shape;
  const page = repositoryPage(shape, repository);
  const access = accessOf(world, repository, shape.viewer);
  return {
    ...fixed,
    id: repository.id,
    owner: showUserId(shape, repository.owner_id),
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    description: repository.description,
    empty: readRef(repositoryPath(world, repository), branchRef(repository.default_branch)) === null,
    private: repository.private === 1,
    languages_url: `${repositoryApi(shape, repository)}/languages`,
    html_url: page,
    url: repositoryApi(shape, repository),
    ssh_url: '',
    clone_url: `${page}.git`,
    open_issues_count: openCount(world, repository.id, 0),
    open_pr_counter: openCount(world, repository.id, 1),
    default_branch: repository.default_branch,
    archived: repository.archived_at !== null,
    archived_at: timeText(repository.archived_at ?? 0),
    fork: repository.fork_of !== null,
    created_at: timeText(repository.created_at),
    updated_at: timeText(repository.updated_at),
    permissions: { admin: reaches(access, 'admin'), push: reaches(access, 'write'), pull: reaches(access, 'read') },
  };
}
