#!/bin/sh
# Makes a git worktree for a branch, and the branch where there is none; one that is there stays
# as it is.
#
#     worktree.sh BRANCH FOLDER
set -eu

branch=$1
folder=$2

if [ -e "$folder/.git" ]; then
    echo "$folder is there, on $(git -C "$folder" branch --show-current)"
elif git show-ref --verify --quiet "refs/heads/$branch"; then
    git worktree add "$folder" "$branch"
else
    git worktree add -b "$branch" "$folder"
fi
