#!/bin/sh
# demo: a tmux layout as one script, written by triad VERSION.
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
#   API_KEY
#   EDITOR
#
# It exits with 0 on success, 1 if nothing was changed, 3 if it was partly done, 69 without a tmux
# that is new enough.

set -eu

# Prints an error and exits. $1: the exit code.
stop() {
    printf '%s: %s\n' 'demo' "$2" >&2
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
new-session -d -s demo -n triadw2 -x 120 -y 40 -c "$quoted_root/src" -- cat - ; rename-window -t =demo: -- triadw2 ; set-option -t =demo: destroy-unattached off ; set-option -t =demo: @triad_layout demo=v2 ; set-option -t =demo: @triad_manifest /project/layouts/manifest.kdl ; set-option -t =demo: @triad_session demo ; set-option -w -t =demo:=triadw2 @triad_window demo/work ; set-option -p -t =demo:=triadw2 @triad_phase placeholder ; display-message -p "triad ok 0"
set-environment -t =demo: -- COLORTERM none ; set-option -t =demo: -- @triad_session_settings eyJlbnYiOnsiQ09MT1JURVJNIjoibm9uZSJ9fQ ; display-message -p "triad ok 1"
new-session -d -s logs -n triadw6 -x 120 -y 40 -c "$quoted_root" -- cat - ; rename-window -t =logs: -- triadw6 ; set-option -t =logs: destroy-unattached off ; set-option -t =logs: @triad_layout demo=v2 ; set-option -t =logs: @triad_manifest /project/layouts/manifest.kdl ; set-option -t =logs: @triad_session logs ; set-option -w -t =logs:=triadw6 @triad_window logs/tail ; set-option -p -t =logs:=triadw6 @triad_phase placeholder ; display-message -p "triad ok 2"
set-environment -t =logs: -- COLORTERM none ; set-option -t =logs: -- @triad_session_settings eyJlbnYiOnsiQ09MT1JURVJNIjoibm9uZSJ9fQ ; display-message -p "triad ok 3"
new-window -d -a -t "=demo:{end}" -n triadw3 -c / -- cat - ; rename-window -t "=demo:{end}" -- triadw3 ; set-option -w -t =demo:=triadw3 @triad_window demo/api ; set-option -p -t =demo:=triadw3 @triad_phase placeholder ; display-message -p "triad ok 4"
resize-window -t =demo:=triadw2 -x 120 -y 44 ; split-window -d -l 1 -t =demo:=triadw2 "" ; split-window -d -l 1 -t =demo:=triadw2 "" ; run-shell -t =demo:=triadw2 -C "#{P:#{?pane_pid,,set-option -p -t #{pane_id} @triad_phase placeholder ; }}" ; display-message -p "triad ok 5"
resize-window -t =demo:=triadw3 -x 120 -y 40 ; run-shell -t =demo:=triadw3 -C "#{P:#{?pane_pid,,set-option -p -t #{pane_id} @triad_phase placeholder ; }}" ; display-message -p "triad ok 6"
resize-window -t =logs:=triadw6 -x 120 -y 40 ; run-shell -t =logs:=triadw6 -C "#{P:#{?pane_pid,,set-option -p -t #{pane_id} @triad_phase placeholder ; }}" ; display-message -p "triad ok 7"
set-option -wu -t =demo:=triadw2 window-size ; display-message -p "triad ok 8"
set-option -w -t =demo:=triadw2 pane-border-format "#{?#{!=:#{@triad_title},}, #{q/h:@triad_title} ,}" ; set-option -w -t =demo:=triadw2 pane-border-status top ; select-layout -t =demo:=triadw2 "f6cf,120x40,0,0{35x40,0,0,0,84x40,36,0[84x19,36,0,0,84x20,36,20,0]}" ; display-message -p "triad ok 9"
set-option -wu -t =demo:=triadw3 window-size ; display-message -p "triad ok 10"
set-option -wu -t =logs:=triadw6 window-size ; display-message -p "triad ok 11"
list-panes -t =demo:=triadw2 -F "triad pane 2\\011#{pid}\\011#{start_time}\\011#{session_id}\\011#{window_id}\\011#{pane_id}\\011#{@triad_phase}\\011#{default-shell}\\011#{?default-command,#{s/=/=3D/;s/[\\\$]/=24/;s/\\011/=09/;s/\\012/=0A/:default-command},}\\011#{s/ .*//:@triad_pane}" ; display-message -p "triad ok 12"
list-panes -t =demo:=triadw3 -F "triad pane 3\\011#{pid}\\011#{start_time}\\011#{session_id}\\011#{window_id}\\011#{pane_id}\\011#{@triad_phase}\\011#{default-shell}\\011#{?default-command,#{s/=/=3D/;s/[\\\$]/=24/;s/\\011/=09/;s/\\012/=0A/:default-command},}\\011#{s/ .*//:@triad_pane}" ; display-message -p "triad ok 13"
list-panes -t =logs:=triadw6 -F "triad pane 6\\011#{pid}\\011#{start_time}\\011#{session_id}\\011#{window_id}\\011#{pane_id}\\011#{@triad_phase}\\011#{default-shell}\\011#{?default-command,#{s/=/=3D/;s/[\\\$]/=24/;s/\\011/=09/;s/\\012/=0A/:default-command},}\\011#{s/ .*//:@triad_pane}" ; display-message -p "triad ok 14"
%else
display-message -p "triad refused #{version}"
%endif
TMUX
}

# Names and tags of the windows, and the hooks that keep their ratio.
tags() {
    cat <<TMUX
%if "#{&&:#{m/r:^(3\\\\.[2-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}},$server}"
rename-window -t "$window_1" -- work ; set-option -w -t "$window_1" automatic-rename off ; set-option -w -t "$window_1" allow-rename off ; set-option -w -t "$window_1" @triad_clock "%s" ; if-shell -F -t "$window_1" "#{||:#{m:Pane is dead*,#{remain-on-exit-format}},#{m:*triad: *,#{remain-on-exit-format}}}" "set-option -w -t \\"$window_1\\" remain-on-exit-format \\"#{?#{&&:#{@triad_pane},#{==:#{@triad_over},}},triad: \`#{s|.*/||:#{s/ .*//:@triad_pane}}\` exited with #{?#{pane_dead_signal},signal #{pane_dead_signal},status #{pane_dead_status}}#{?#{@triad_since}, after #{?#{e|>=:#{e|-:#{pane_dead_time},#{@triad_since}},60},#{e|/:#{e|-:#{pane_dead_time},#{@triad_since}},60} min ,}#{e|m:#{e|-:#{pane_dead_time},#{@triad_since}},60} s,},Pane is dead (#{?#{!=:#{pane_dead_status},},status #{pane_dead_status},}#{?#{!=:#{pane_dead_signal},},signal #{pane_dead_signal},}#, #{t:pane_dead_time})}\\"" ; set-option -w -t "$window_1" @triad_geometry eyJzaGFwZSI6eyJzcGxpdCI6WyJjb2x1bW5zIixbW3sicGVyY2VudCI6MzB9LHsicGFuZSI6ImRiIn1dLFt7Imdyb3ciOjF9LHsic3BsaXQiOlsicm93cyIsW1t7Imdyb3ciOjF9LHsicGFuZSI6Im1pZ3JhdGUifV0sW3siZ3JvdyI6MX0seyJwYW5lIjoic2hlbGwifV1dXX1dXV19LCJ0aXRsZXMiOiJ0b3AiLCJyYXRpbyI6ImtlZXAiLCJmb2N1cyI6ZmFsc2V9 ; display-message -p "triad ok 0"
%if "#{m/r:^(3\\\\.[3-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-hook -w -t "$window_1" window-resized "if-shell -F -t $window_1 '#{==:#{window_panes},3}' { if-shell -F -t $window_1 '#{window_zoomed_flag}' { resize-pane -Z -t $window_1 ; run-shell -t $window_1 -C \\"resize-pane -t $pane_1 -x #{e|/:#{e|*:#{e|-:#{window_width},1},30},100}\\\\012resize-pane -t $pane_2 -y #{e|-:#{e|/:#{e|*:#{e|-:#{window_height},1},1},2},#{?#{==:#{pane-border-status},top},1,0}}\\" ; resize-pane -Z -t $window_1 } { run-shell -t $window_1 -C \\"resize-pane -t $pane_1 -x #{e|/:#{e|*:#{e|-:#{window_width},1},30},100}\\\\012resize-pane -t $pane_2 -y #{e|-:#{e|/:#{e|*:#{e|-:#{window_height},1},1},2},#{?#{==:#{pane-border-status},top},1,0}}\\" } }"
%endif
rename-window -t "$window_2" -- api ; set-option -w -t "$window_2" automatic-rename off ; set-option -w -t "$window_2" allow-rename off ; select-window -t "$window_2" ; set-option -w -t "$window_2" @triad_clock "%s" ; if-shell -F -t "$window_2" "#{||:#{m:Pane is dead*,#{remain-on-exit-format}},#{m:*triad: *,#{remain-on-exit-format}}}" "set-option -w -t \\"$window_2\\" remain-on-exit-format \\"#{?#{&&:#{@triad_pane},#{==:#{@triad_over},}},triad: \`#{s|.*/||:#{s/ .*//:@triad_pane}}\` exited with #{?#{pane_dead_signal},signal #{pane_dead_signal},status #{pane_dead_status}}#{?#{@triad_since}, after #{?#{e|>=:#{e|-:#{pane_dead_time},#{@triad_since}},60},#{e|/:#{e|-:#{pane_dead_time},#{@triad_since}},60} min ,}#{e|m:#{e|-:#{pane_dead_time},#{@triad_since}},60} s,},Pane is dead (#{?#{!=:#{pane_dead_status},},status #{pane_dead_status},}#{?#{!=:#{pane_dead_signal},},signal #{pane_dead_signal},}#, #{t:pane_dead_time})}\\"" ; set-option -w -t "$window_2" @triad_geometry eyJzaGFwZSI6eyJwYW5lIjoiYXBpIn0sInRpdGxlcyI6bnVsbCwicmF0aW8iOiJrZWVwIiwiZm9jdXMiOnRydWV9 ; display-message -p "triad ok 1"
%if "#{m/r:^(3\\\\.[3-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-hook -wu -t "$window_2" window-resized
%endif
rename-window -t "$window_3" -- tail ; set-option -w -t "$window_3" automatic-rename off ; set-option -w -t "$window_3" allow-rename off ; set-option -w -t "$window_3" @triad_geometry eyJzaGFwZSI6eyJwYW5lIjoic2hlbGwifSwidGl0bGVzIjpudWxsLCJyYXRpbyI6ImtlZXAiLCJmb2N1cyI6ZmFsc2V9 ; display-message -p "triad ok 2"
%if "#{m/r:^(3\\\\.[3-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-hook -wu -t "$window_3" window-resized
%endif
%else
display-message -p "triad refused #{version}"
%endif
TMUX
}

# Programs that need nothing:
#   start the program (demo/work/db)
#   start the program (demo/work/shell)
#   start the program (logs/tail/shell)
wave_1() {
    cat <<TMUX
%if "#{&&:#{m/r:^(3\\\\.[2-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}},$server}"
set-option -p -t "$pane_1" @triad_pane "demo/work/db v1.gRcXZIdE308Y.UrhC5431gyH_ v1:gLOlnTBw658SG5a37LUaLA eyJraW5kIjoic2VydmljZSIsImNvbW1hbmQiOnsibGluZSI6eyJzaGVsbCI6Ii9iaW4vc2giLCJsaW5lIjoiZXhlYyAuL2RiIC0tZGlyPVwiJFBXRFwiICMgJChpZCkifX0sImN3ZCI6Ii9wcm9qZWN0L3NyYyIsImVudiI6eyJDT0xPUlRFUk0iOiJub25lIn0sInRpdGxlIjoiaXQncyAkSE9NRSwgYGlkYCBhbmQgXFwg8J-noCIsInJlYWR5Ijp7InByb2JlcyI6W3siZXhlYyI6Ii4vZGIgLS1waW5nIn1dLCJwYWNlIjp7ImV2ZXJ5Ijp7InNlY3MiOjAsIm5hbm9zIjoyNTAwMDAwMDB9LCJ0aW1lb3V0Ijp7InNlY3MiOjIsIm5hbm9zIjowfSwiZGVhZGxpbmUiOnsic2VjcyI6NjAsIm5hbm9zIjowfX19fQ" ; set-option -p -t "$pane_1" @triad_title "it's \\\$HOME, \`id\` and \\\\ 🧠" ; set-option -p -t "$pane_1" remain-on-exit on ; set-option -p -F -t "$pane_1" @triad_since "#{T:@triad_clock}" ; respawn-pane -k -t "$pane_1" -c "$quoted_root/src" -e "API_KEY=$value_1" -e COLORTERM=none -e "EDITOR=$value_2" -e "TRIAD_LAYOUT=demo" -e "TRIAD_PANE=demo/work/db" -e "TRIAD_SOCKET=$socket" -- /bin/sh -c "exec ./db --dir=\\"\\\$PWD\\" # \\\$(id)" ; set-option -p -t "$pane_1" @triad_phase started ; display-message -p -t "$pane_1" "triad ok 0 pid 7\\011#{pane_pid}"
%if "#{m/r:^(3\\\\.[8-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-option -p -F -t "$pane_1" @triad_pid "#{pane_pid}"
%endif
set-option -p -t "$pane_3" @triad_pane "demo/work/shell v1.gRcXZIdE308Y.UrhC5431gyH_ v1:R0J0WKFVk_CtbtIRnyy8RQ eyJjb21tYW5kIjp7InNoZWxsIjpudWxsfSwiY3dkIjoiL3NydiIsImVudiI6eyJDT0xPUlRFUk0iOiJub25lIn0sInRpdGxlIjoic2hlbGwifQ" ; set-option -p -t "$pane_3" @triad_title shell ; set-option -p -t "$pane_3" remain-on-exit off ; respawn-pane -k -t "$pane_3" -c "/srv" -e "API_KEY=$value_1" -e "COLORTERM=$value_3" -e "EDITOR=$value_2" -e "TRIAD_LAYOUT=demo" -e "TRIAD_PANE=demo/work/shell" -e "TRIAD_SOCKET=$socket" -- /bin/sh -c "if [ -n \\"\\\$2\\" ]; then exec \\"\\\$1\\" -c \\"\\\$2\\"; fi; exec \\"\\\$1\\" -l" triad "$shell_1" "$command_1" ; set-option -p -t "$pane_3" @triad_phase started ; display-message -p -t "$pane_3" "triad ok 1 pid 9\\011#{pane_pid}"
%if "#{m/r:^(3\\\\.[8-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-option -p -F -t "$pane_3" @triad_pid "#{pane_pid}"
%endif
set-option -p -t "$pane_5" @triad_pane "logs/tail/shell v1.gRcXZIdE308Y.UrhC5431gyH_ v1:jRWmW1AXXyWOk8JQZmxgWg eyJjb21tYW5kIjp7InNoZWxsIjpudWxsfSwiY3dkIjoiL3Byb2plY3QiLCJlbnYiOnsiQ09MT1JURVJNIjoibm9uZSJ9fQ" ; set-option -p -t "$pane_5" remain-on-exit off ; respawn-pane -k -t "$pane_5" -c "$quoted_root" -e "API_KEY=$value_1" -e COLORTERM=none -e "EDITOR=$value_2" -e "TRIAD_LAYOUT=demo" -e "TRIAD_PANE=logs/tail/shell" -e "TRIAD_SOCKET=$socket" -- /bin/sh -c "if [ -n \\"\\\$2\\" ]; then exec \\"\\\$1\\" -c \\"\\\$2\\"; fi; exec \\"\\\$1\\" -l" triad "$shell_2" "$command_2" ; set-option -p -t "$pane_5" @triad_phase started ; display-message -p -t "$pane_5" "triad ok 2 pid 11\\011#{pane_pid}"
%if "#{m/r:^(3\\\\.[8-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-option -p -F -t "$pane_5" @triad_pid "#{pane_pid}"
%endif
%else
display-message -p "triad refused #{version}"
%endif
TMUX
}

# Programs that need one of those above:
#   start the program (demo/work/migrate)
wave_2() {
    cat <<TMUX
%if "#{&&:#{m/r:^(3\\\\.[2-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}},$server}"
set-option -p -t "$pane_2" @triad_pane "demo/work/migrate v1.gRcXZIdE308Y.UrhC5431gyH_ v1:_KoWz7UeYObuUPqLMc25_g eyJraW5kIjoidGFzayIsImNvbW1hbmQiOnsiYXJndiI6WyIuL21pZ3JhdGUiLCItLXVwIiwiYSBiIiwiIl19LCJjd2QiOiIvcHJvamVjdC90b29scyAjMSIsImVudiI6eyJDT0xPUlRFUk0iOiJub25lIn0sInRpdGxlIjoibWlncmF0ZSIsIm5lZWRzIjpbeyJ0YXJnZXQiOiJkZW1vL3dvcmsvZGIiLCJ1bnRpbCI6InJlYWR5In1dfQ" ; set-option -p -t "$pane_2" @triad_title migrate ; set-option -p -t "$pane_2" remain-on-exit on ; set-hook -p -t "$pane_2" pane-died "if-shell -F -t \\"$pane_2\\" \\"#{==:#{pane_dead_status},0}\\" \\"set-option -p -t \\\\\\"$pane_2\\\\\\" @triad_done 1\\"" ; set-option -p -F -t "$pane_2" @triad_since "#{T:@triad_clock}" ; respawn-pane -k -t "$pane_2" -c "$quoted_root/tools ##1" -e "API_KEY=$value_1" -e COLORTERM=none -e "EDITOR=$value_2" -e "TRIAD_LAYOUT=demo" -e "TRIAD_PANE=demo/work/migrate" -e "TRIAD_SOCKET=$socket" -- ./migrate --up "a b" "" ; set-option -p -t "$pane_2" @triad_phase started ; display-message -p -t "$pane_2" "triad ok 0 pid 8\\011#{pane_pid}"
%if "#{m/r:^(3\\\\.[8-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-option -p -F -t "$pane_2" @triad_pid "#{pane_pid}"
%endif
%else
display-message -p "triad refused #{version}"
%endif
TMUX
}

# Programs that need one of those above:
#   start the program (demo/api/api)
wave_3() {
    cat <<TMUX
%if "#{&&:#{m/r:^(3\\\\.[2-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}},$server}"
set-option -p -t "$pane_4" @triad_pane "demo/api/api v1.gRcXZIdE308Y.UrhC5431gyH_ v1:TbrUP9CGMlTMHOKd01YzYA eyJraW5kIjoic2VydmljZSIsImNvbW1hbmQiOnsibGluZSI6eyJzaGVsbCI6Ii9iaW4vc2giLCJsaW5lIjoiLi9hcGkifX0sImN3ZCI6Ii9wcm9qZWN0L3NyYyIsImVudiI6eyJDT0xPUlRFUk0iOiJub25lIn0sImZvY3VzIjp0cnVlLCJuZWVkcyI6W3sidGFyZ2V0IjoiZGVtby93b3JrL21pZ3JhdGUiLCJ1bnRpbCI6InJlYWR5In1dfQ" ; set-option -p -t "$pane_4" remain-on-exit on ; set-option -p -F -t "$pane_4" @triad_since "#{T:@triad_clock}" ; respawn-pane -k -t "$pane_4" -c "$quoted_root/src" -e "API_KEY=$value_1" -e COLORTERM=none -e "EDITOR=$value_2" -e "TRIAD_LAYOUT=demo" -e "TRIAD_PANE=demo/api/api" -e "TRIAD_SOCKET=$socket" -- /bin/sh -c ./api ; set-option -p -t "$pane_4" @triad_phase started ; select-pane -t "$pane_4" ; display-message -p -t "$pane_4" "triad ok 0 pid 10\\011#{pane_pid}"
%if "#{m/r:^(3\\\\.[8-9]|3\\\\.[1-9][0-9]|next-|master|[4-9]|openbsd),#{version}}"
set-option -p -F -t "$pane_4" @triad_pid "#{pane_pid}"
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
    [ "${API_KEY:+set}" ] || set -- "$@" 'API_KEY'
    [ "${EDITOR+set}" ] || set -- "$@" 'EDITOR'
    [ $# -eq 0 ] || stop 1 "these variables are not set: $*; nothing was changed"

    # The environment is read before anything is set, and nothing set here is exported: a name in
    # this script may also be a variable of the environment.
    set -- "$(quoting environment 'demo logs')" \
        "$(quoted "${API_KEY:?}")" \
        "$(quoted "${EDITOR?}")" \
        "$(quoted "${COLORTERM-none}")"
    unset environment terminal program flag place root version running said line what done_some \
        newline field attempt directory missing server value_1 \
        value_2 \
        value_3 \
        quoted_root \
        socket \
        shell_1 \
        shell_2 \
        command_1 \
        command_2 \
        window_1 \
        window_2 \
        window_3 \
        pane_1 \
        pane_2 \
        pane_3 \
        pane_4 \
        pane_5
    environment=$1
    value_1=${2}
    value_2=${3}
    value_3=${4}
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
    root='/project'
    [ -z "${TRIAD_ROOT:-}" ] || root=$TRIAD_ROOT
    case $root in
    /) ;;
    /*) root=${root%/} ;;
    *) root=$PWD/${root%/} ;;
    esac
    quoted_root=$(quoted_directory "$root")

    missing=
    for directory in "$root"'/src' \
        "$root" \
        "$root"'/tools #1' \
        '/srv'; do
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
        if in_tmux has-session -t '=demo' 2>/dev/null </dev/null; then
            stop 1 'session demo exists already; nothing was changed'
        fi
        if in_tmux has-session -t '=logs' 2>/dev/null </dev/null; then
            stop 1 'session logs exists already; nothing was changed'
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
    check 'create the session (demo)' \
        'set its options (demo)' \
        'create the session (logs)' \
        'set its options (logs)' \
        'create the window (demo/api)' \
        'create the panes (demo/work)' \
        'create the panes (demo/api)' \
        'create the panes (logs/tail)' \
        'set the size of the window (demo/work)' \
        'set the geometry (demo/work)' \
        'set the size of the window (demo/api)' \
        'set the size of the window (logs/tail)' \
        'list the panes (demo/work)' \
        'list the panes (demo/api)' \
        'list the panes (logs/tail)'

    # The ids, window by window; they are valid only on this server.
    set -- $(told 2 pane)
    [ $# -eq 3 ] || stop 3 "tmux created $# panes in demo/work instead of 3"
    pane_1=${1} pane_2=${2} pane_3=${3}
    window_1=$(told 2 window)
    set -- $(told 3 pane)
    [ $# -eq 1 ] || stop 3 "tmux created $# panes in demo/api instead of 1"
    pane_4=${1}
    window_2=$(told 3 window)
    set -- $(told 6 pane)
    [ $# -eq 1 ] || stop 3 "tmux created $# panes in logs/tail instead of 1"
    pane_5=${1}
    window_3=$(told 6 window)
    socket=$(quoted "$(in_tmux display-message -p '#{socket_path}' </dev/null)")
    shell_1=$(quoted "$(told 2 shell)")
    shell_2=$(quoted "$(told 6 shell)")
    command_1=$(quoted "$(told 2 command)")
    command_2=$(quoted "$(told 6 command)")
    server="#{&&:#{==:#{pid},$(told 2 server)}"
    server="$server,#{==:#{start_time},$(told 2 start)}}"

    said=$(give_environment | in_tmux source-file - 2>&1) || :
    check 'give the environment to the session (demo)' \
        'give the environment to the session (logs)'
    said=$(tags | in_tmux source-file - 2>&1) || :
    check 'name and tag the window (demo/work)' \
        'name and tag the window (demo/api)' \
        'name and tag the window (logs/tail)'
    said=$(wave_1 | in_tmux source-file - 2>&1) || :
    check 'start the program (demo/work/db)' \
        'start the program (demo/work/shell)' \
        'start the program (logs/tail/shell)'
    said=$(wave_2 | in_tmux source-file - 2>&1) || :
    check 'start the program (demo/work/migrate)'
    said=$(wave_3 | in_tmux source-file - 2>&1) || :
    check 'start the program (demo/api/api)'

    if [ "$root" != '/project' ]; then
        in_tmux set-option -u -t '=demo:' @triad_layout ';' set-option -u -t '=demo:' @triad_manifest ';' set-option -u -t '=demo:' @triad_session </dev/null || stop 3 'cannot remove the tags of demo'
        in_tmux set-option -u -t '=logs:' @triad_layout ';' set-option -u -t '=logs:' @triad_manifest ';' set-option -u -t '=logs:' @triad_session </dev/null || stop 3 'cannot remove the tags of logs'
    fi
    printf '%s\n' 'demo: 5 panes in 3 windows; they may not be ready yet. To attach:' \
        "    $program ${flag:+$flag $place }attach-session -t =demo"
}

# A truncated script does not reach this line and does nothing.
main
