#!/bin/sh
# Makes a git worktree for a branch, and the branch where there is none; one that is there stays
# as it is.
#
#     worktree.sh BRANCH FOLDER
set -eu

branch=$1
folder=$2

# Two git commands that make worktrees at the same moment can read each other half written: they take
# turns. A minute is more than one takes: a turn that lasts longer was left behind by one that was killed.
turn=$(git rev-parse --git-common-dir)/worktree.sh.turn
tries=0
until mkdir "$turn" 2>/dev/null; do
    tries=$((tries + 1))
    if [ $tries -gt 600 ]; then
        echo "cannot take a turn: remove $turn if nothing makes a worktree now" >&2
        exit 1
    fi
    sleep 0.1
done
trap 'rmdir "$turn"' EXIT
trap 'exit 1' HUP INT TERM

if [ -e "$folder/.git" ]; then
    echo "$folder is there, on $(git -C "$folder" branch --show-current)"
elif git show-ref --verify --quiet "refs/heads/$branch"; then
    git worktree add "$folder" "$branch"
else
    git worktree add -b "$branch" "$folder"
fi
