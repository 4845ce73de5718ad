#!/bin/sh
# shop: a tmux layout as one script, written by triad VERSION.
#
# It creates the sessions, windows and panes with tmux alone and starts the programs in them; triad
# is not needed. Programs are started in the order of their dependencies, but THIS SCRIPT
# DOES NOT WAIT until one is ready before it starts the next. `triad apply` does, and can take over
# from here: everything that this script creates has triad's tags. It runs no hooks of the manifest
# and types nothing into shells or other programs.
#
# It needs a POSIX shell with awk, and tmux 3.2 or newer. These variables override its defaults:
#
#   TRIAD_TMUX          the tmux program
#   TRIAD_SOCKET_NAME   the name of the server, as in `tmux -L`
#   TRIAD_SOCKET_PATH   the path of the server's socket, as in `tmux -S`
#   TRIAD_ROOT          the directory to use instead of `root` below; sessions created there do not
#                       belong to the manifest and have no tags
#
# These variables must be set, because programs get them:
#
#   DB
#   KEY
#
# It exits with 0 on success, 1 if nothing was changed, 3 if it was partly done, 69 without a tmux
# that is new enough.

set -eu

# Prints an error and exits. $1: the exit code.
stop() {
    printf '%s: %s\n' 'shop' "$2" >&2
    exit "$1"
}

# The only place that runs awk. $1 is the mode; the output is quoted for tmux.
#   text          $TRIAD_TEXT, for use between double quotes
#   directory     the same, for an argument that tmux expands as a format
#   environment   commands that set this environment in the sessions in $2
#   terminal      the names of variables that a new server must not keep
quoting() {
    TRIAD_AWK=${AWKPATH+p}${AWKLIBPATH+l} TRIAD_LC_ALL=${LC_ALL+=}${LC_ALL-} LC_ALL=C \
        awk -v mode="$1" -v sessions="${2-}" '
    function inside(text,   out) {
        out = ""
        while (match(text, special)) {
            out = out substr(text, 1, RSTART - 1) escaped[substr(text, RSTART, 1)]
            text = substr(text, RSTART + 1)
        }
        out = out text
        return substr(out, 1, 1) == "~" ? "\\" out : out
    }
    # Runs of # are doubled, except before [, where tmux does not expand them.
    function format(text,   out, run) {
        out = ""
        while (match(text, /#+/)) {
            run = substr(text, RSTART, RLENGTH)
            out = out substr(text, 1, RSTART - 1) run
            text = substr(text, RSTART + RLENGTH)
            if (substr(text, 1, 1) != "[") out = out run
        }
        return out text
    }
    BEGIN {
        ORS = ""
        special = "[\"\\\\$"
        for (i = 1; i < 256; i++) {
            if (i > 31 && i != 127 && i != 255) continue
            c = sprintf("%c", i)
            escaped[c] = sprintf("\\%03o", i)
            special = special c
        }
        special = special "]"
        escaped["\""] = "\\\""
        escaped["\\"] = "\\\\"
        escaped["$"] = "\\$"
        saved = ENVIRON["TRIAD_LC_ALL"]
        if (sub(/^=/, "", saved)) ENVIRON["LC_ALL"] = saved
        else delete ENVIRON["LC_ALL"]
        # Some awks add these two.
        if (ENVIRON["TRIAD_AWK"] !~ /p/) delete ENVIRON["AWKPATH"]
        if (ENVIRON["TRIAD_AWK"] !~ /l/) delete ENVIRON["AWKLIBPATH"]
        left_out = "^(TMUX.*|TRIAD_.*|NOTIFY_SOCKET|_|SHLVL|PWD|OLDPWD|TERM|TERMCAP|TERMINFO|COLORTERM|COLORFGBG|COLUMNS|LINES|WINDOW|WINDOWID|STY|GPG_TTY|SSH_TTY|TERM_PROGRAM.*|TERM_SESSION_ID|TERMINAL_EMULATOR|LC_TERMINAL.*|ITERM_.*|KITTY_.*|ALACRITTY_.*|WEZTERM_.*|GHOSTTY_.*|KONSOLE_.*|GNOME_TERMINAL_.*|VTE_VERSION|XTERM_.*|WT_.*|TILIX_ID|ZELLIJ.*|VSCODE_.*)$"
        if (mode == "text") print inside(ENVIRON["TRIAD_TEXT"])
        if (mode == "directory") print inside(format(ENVIRON["TRIAD_TEXT"]))
        if (mode == "terminal") {
            for (name in ENVIRON)
                if (name ~ left_out && name ~ /^[A-Za-z_][A-Za-z_0-9]*$/ && name != "TMUX_TMPDIR")
                    print name "\n"
        }
        if (mode == "environment") {
            for (name in ENVIRON)
                if (name != "" && name !~ left_out)
                    values[name] = " \"--\" \"" inside(name) "\" \"" inside(ENVIRON[name]) "\" ; "
            count = split(sessions, names, " ")
            for (i = 1; i <= count; i++) {
                for (name in values)
                    print "\"set-environment\" \"-t\" \"=" names[i] ":\"" values[name]
                print "\"display-message\" \"-p\" \"triad ok " (i - 1) "\"\n"
            }
        }
    }' </dev/null
}

quoted() (
    TRIAD_TEXT=$1
    export TRIAD_TEXT
    quoting text
)

quoted_directory() (
    TRIAD_TEXT=$1
    export TRIAD_TEXT
    quoting directory
)

# Runs tmux in / and without the variables of this terminal: a new server keeps its directory and
# its environment for life. Scripts go through standard input, where no process list shows them.
in_tmux() (
    cd /
    unset TMUX TMUX_PANE $terminal
    exec "$program" -u ${flag:+"$flag" "$place"} "$@"
)

# Stops unless tmux has acknowledged every line of a batch. The arguments describe the lines.
check() {
    line=0
    for what; do
        case "$newline$said$newline" in
        *"${newline}triad ok $line$newline"* | *"${newline}triad ok $line "*) ;;
        *)
            printf '%s\n' "$said" | sed '/^triad /d' >&2
            case $said in
            *'triad ok '*) done_some=yes ;;
            esac
            [ "$done_some" ] || stop 1 "cannot $what; nothing was changed"
            stop 3 "cannot $what; everything created before that still exists"
            ;;
        esac
        line=$((line + 1))
    done
    done_some=yes
}

# Prints a field of the panes in record $1 of the first batch.
told() {
    case $2 in
    server) field=2 ;;
    start) field=3 ;;
    session) field=4 ;;
    window) field=5 ;;
    pane) field=6 ;;
    shell) field=8 ;;
    command) field=9 ;;
    esac
    printf '%s\n' "$said" | awk -F '\t' -v record="triad pane $1" -v field="$field" '
        $1 != record { next }
        field == 6 && $7 == "placeholder" { print $6 }
        field == 9 { gsub(/=24/, "$", $9); gsub(/=09/, "\t", $9); gsub(/=0A/, "\n", $9); gsub(/=3D/, "=", $9) }
        field != 6 && !seen++ { print $field }'
}

# Sessions, windows and empty panes in their final places; lists the ids at its end.
geometry() {
    cat <<TMUX
%if "#{m/r:^(3\\\\.[2-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
new-session -d -s web -n triadw1 -x 120 -y 40 -c "$quoted_root" -- cat - ; rename-window -t =web: -- triadw1 ; set-option -t =web: destroy-unattached off ; set-option -t =web: @triad_layout shop=v2 ; set-option -t =web: @triad_manifest /project/layouts/manifest.kdl ; set-option -t =web: @triad_session web ; set-option -w -t =web:=triadw1 @triad_window web/main ; set-option -p -t =web:=triadw1 @triad_phase placeholder ; display-message -p "triad ok 0"
resize-window -t =web:=triadw1 -x 120 -y 40 ; run-shell -t =web:=triadw1 -C "#{P:#{?pane_pid,,set-option -p -t #{pane_id} @triad_phase placeholder ; }}" ; display-message -p "triad ok 1"
set-option -wu -t =web:=triadw1 window-size ; display-message -p "triad ok 2"
list-panes -t =web:=triadw1 -F "triad pane 1\\011#{pid}\\011#{start_time}\\011#{session_id}\\011#{window_id}\\011#{pane_id}\\011#{@triad_phase}\\011#{default-shell}\\011#{?default-command,#{s/=/=3D/;s/[\\\$]/=24/;s/\\011/=09/;s/\\012/=0A/:default-command},}\\011#{s/ .*//:@triad_pane}" ; display-message -p "triad ok 3"
%else
display-message -p "triad refused #{version}"
%endif
TMUX
}

# Names and tags of the windows, and the hooks that keep their ratio.
tags() {
    cat <<TMUX
%if "#{&&:#{m/r:^(3\\\\.[2-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}},$server}"
rename-window -t "$window_1" -- main ; set-option -w -t "$window_1" automatic-rename off ; set-option -w -t "$window_1" allow-rename off ; set-option -w -t "$window_1" @triad_clock "%s" ; if-shell -F -t "$window_1" "#{||:#{m:Pane is dead*,#{remain-on-exit-format}},#{m:*triad: *,#{remain-on-exit-format}}}" "set-option -w -t \\"$window_1\\" remain-on-exit-format \\"#{?#{&&:#{@triad_pane},#{==:#{@triad_over},}},triad: \`#{s|.*/||:#{s/ .*//:@triad_pane}}\` exited with #{?#{pane_dead_signal},signal #{pane_dead_signal},status #{pane_dead_status}}#{?#{@triad_since}, after #{?#{e|>=:#{e|-:#{pane_dead_time},#{@triad_since}},60},#{e|/:#{e|-:#{pane_dead_time},#{@triad_since}},60} min ,}#{e|m:#{e|-:#{pane_dead_time},#{@triad_since}},60} s,},Pane is dead (#{?#{!=:#{pane_dead_status},},status #{pane_dead_status},}#{?#{!=:#{pane_dead_signal},},signal #{pane_dead_signal},}#, #{t:pane_dead_time})}\\"" ; set-option -w -t "$window_1" @triad_geometry eyJzaGFwZSI6eyJwYW5lIjoiYXBpIn0sInRpdGxlcyI6bnVsbCwicmF0aW8iOiJrZWVwIiwiZm9jdXMiOmZhbHNlfQ ; display-message -p "triad ok 0"
%if "#{m/r:^(3\\\\.[3-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-hook -wu -t "$window_1" window-resized
%endif
%else
display-message -p "triad refused #{version}"
%endif
TMUX
}

# Programs that need nothing:
#   start the program (web/main/api)
wave_1() {
    cat <<TMUX
%if "#{&&:#{m/r:^(3\\\\.[2-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}},$server}"
set-option -p -t "$pane_1" @triad_pane "web/main/api v1.hCrde3DXLgHS.UrhC5431gyH_ v1:vCbw376WW8f_IIKbCwG4Uw eyJraW5kIjoic2VydmljZSIsImNvbW1hbmQiOnsibGluZSI6eyJzaGVsbCI6Ii9iaW4vc2giLCJsaW5lIjoiLi9hcGkifX0sImN3ZCI6Ii9wcm9qZWN0L2xheW91dHMifQ" ; set-option -p -t "$pane_1" remain-on-exit on ; set-option -p -F -t "$pane_1" @triad_since "#{T:@triad_clock}" ; respawn-pane -k -t "$pane_1" -c "$quoted_root" -e "DB=$value_1" -e "KEY=$value_2" -e "TRIAD_LAYOUT=shop" -e "TRIAD_PANE=web/main/api" -e "TRIAD_SOCKET=$socket" -- /bin/sh -c ./api ; set-option -p -t "$pane_1" @triad_phase started ; display-message -p -t "$pane_1" "triad ok 0 pid 2\\011#{pane_pid}"
%if "#{m/r:^(3\\\\.[8-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-option -p -F -t "$pane_1" @triad_pid "#{pane_pid}"
%endif
%else
display-message -p "triad refused #{version}"
%endif
TMUX
}

# The environment of the programs. `_`, which the shell gives to a new server, is removed.
give_environment() {
    cat <<TMUX
$environment
TMUX
    [ "$running" ] || printf '%s\n' '"set-environment" "-gu" "_"'
}

main() {
    command -v awk >/dev/null 2>&1 || stop 1 'awk not found; nothing was changed'
    set --
    [ "${DB:+set}" ] || set -- "$@" 'DB'
    [ "${KEY:+set}" ] || set -- "$@" 'KEY'
    [ $# -eq 0 ] || stop 1 "these variables are not set: $*; nothing was changed"

    # The environment is read before anything is set, and nothing set here is exported: a name in
    # this script may also be a variable of the environment.
    set -- "$(quoting environment 'web')" \
        "$(quoted "${DB:?}")" \
        "$(quoted "${KEY:?}")"
    unset environment terminal program flag place root version running said line what done_some \
        newline field attempt directory missing server value_1 \
        value_2 \
        quoted_root \
        socket \
        window_1 \
        pane_1
    environment=$1
    value_1=${2}
    value_2=${3}
    done_some=
    newline='
'
    terminal=$(quoting terminal)

    program='tmux'
    [ -z "${TRIAD_TMUX:-}" ] || program=$TRIAD_TMUX
    case $program in
    /*) ;;
    */*) program=$PWD/$program ;;
    esac
    flag='-L' place='work'
    if [ "${TRIAD_SOCKET_PATH:-}" ]; then
        flag=-S place=$TRIAD_SOCKET_PATH
        case $place in
        /*) ;;
        *) place=$PWD/$place ;;
        esac
    elif [ "${TRIAD_SOCKET_NAME:-}" ]; then
        flag=-L place=$TRIAD_SOCKET_NAME
    elif [ -z "$flag" ] && [ "${TMUX:-}" ]; then
        flag=-S place=${TMUX%%,*}
    fi
    root='/project/layouts'
    [ -z "${TRIAD_ROOT:-}" ] || root=$TRIAD_ROOT
    case $root in
    /) ;;
    /*) root=${root%/} ;;
    *) root=$PWD/${root%/} ;;
    esac
    quoted_root=$(quoted_directory "$root")

    missing=
    for directory in "$root"; do
        [ -d "$directory" ] || missing="$missing$newline    $directory"
    done
    [ -z "$missing" ] || stop 1 "nothing was changed; these directories do not exist:$missing"

    version=$(in_tmux display-message -p '#{version}' 2>/dev/null </dev/null) || version=
    if [ -z "$version" ]; then
        version=$(in_tmux -V </dev/null) || stop 69 "cannot run $program; set TRIAD_TMUX to the path of tmux"
    fi
    version=${version#tmux }
    case $version in
    3.[2-9]* | 3.[1-9][0-9]* | [4-9].* | [1-9][0-9].* | next-* | master* | openbsd-*) ;;
    *) stop 69 "tmux $version is too old, 3.2 or newer is required; nothing was changed" ;;
    esac
    # Up to 3.6 a server with this setting ends, with all its sessions, when one is created.
    case $version:$(in_tmux show-options -gwv window-size 2>/dev/null </dev/null) in
    3.[2-6]*:manual) stop 1 "window-size is manual for all windows, which would end tmux $version; nothing was changed" ;;
    esac
    running=
    if in_tmux list-sessions >/dev/null 2>&1 </dev/null; then
        running=yes
        if in_tmux has-session -t '=web' 2>/dev/null </dev/null; then
            stop 1 'session web exists already; nothing was changed'
        fi
    fi

    # A server that is about to end does nothing and leaves its socket a moment later.
    attempt=1
    while :; do
        said=$(geometry | in_tmux start-server ';' source-file - 2>&1) || :
        case $said in
        *'triad ok '* | *'triad refused '*) break ;;
        *'server exited unexpectedly'* | *'lost server'*) ;;
        *'no server running'* | *'error connecting to'*) ;;
        *) break ;;
        esac
        [ "$attempt" -lt 5 ] || break
        attempt=$((attempt + 1))
        sleep 1
    done
    check 'create the session (web)' \
        'create the panes (web/main)' \
        'set the size of the window (web/main)' \
        'list the panes (web/main)'

    # The ids, window by window; they are valid only on this server.
    set -- $(told 1 pane)
    [ $# -eq 1 ] || stop 3 "tmux created $# panes in web/main instead of 1"
    pane_1=${1}
    window_1=$(told 1 window)
    socket=$(quoted "$(in_tmux display-message -p '#{socket_path}' </dev/null)")
    server="#{&&:#{==:#{pid},$(told 1 server)}"
    server="$server,#{==:#{start_time},$(told 1 start)}}"

    said=$(give_environment | in_tmux source-file - 2>&1) || :
    check 'give the environment to the session (web)'
    said=$(tags | in_tmux source-file - 2>&1) || :
    check 'name and tag the window (web/main)'
    said=$(wave_1 | in_tmux source-file - 2>&1) || :
    check 'start the program (web/main/api)'

    if [ "$root" != '/project/layouts' ]; then
        in_tmux set-option -u -t '=web:' @triad_layout ';' set-option -u -t '=web:' @triad_manifest ';' set-option -u -t '=web:' @triad_session </dev/null || stop 3 'cannot remove the tags of web'
    fi
    printf '%s\n' 'shop: 1 pane in 1 window; they may not be ready yet. To attach:' \
        "    $program ${flag:+$flag $place }attach-session -t =web"
}

# A truncated script does not reach this line and does nothing.
main
