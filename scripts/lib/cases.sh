# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A table of cases with their expected and actual results. Source it after common.sh.

rows=()
disagreements=0

# check CASE EXPECTED ACTUAL [NOTE]: adds a row to the table.
check() {
    local verdict=ok${4:+, $4}
    if [[ $2 != "$3" ]]; then
        verdict=WRONG
        disagreements=$((disagreements + 1))
    fi
    rows+=("$1"$'\t'"$2"$'\t'"$3"$'\t'"$verdict")
}

# skip_case CASE EXPECTED REASON
skip_case() {
    rows+=("$1"$'\t'"$2"$'\t'"$3"$'\tskipped')
}

# await CONDITION...: waits until the command succeeds, up to 15 seconds.
await() {
    local try
    for ((try = 0; try < 150; ++try)); do
        if "$@"; then
            return 0
        fi
        sleep 0.1
    done
    return 1
}

# Prints the table, and fails if there are disagreements.
print_cases() {
    local widths=(4 8 8) row cells i format
    for row in "${rows[@]}"; do
        IFS=$'\t' read -ra cells <<<"$row"
        for i in 0 1 2; do
            ((${#cells[i]} > widths[i])) && widths[i]=${#cells[i]}
        done
    done
    format="%-${widths[0]}s  %-${widths[1]}s  %-${widths[2]}s  %s\n"
    echo
    # shellcheck disable=SC2059 # computed above
    printf "$format" CASE EXPECTED HAPPENED ""
    for row in "${rows[@]}"; do
        IFS=$'\t' read -ra cells <<<"$row"
        # shellcheck disable=SC2059
        printf "$format" "${cells[@]}"
    done
    echo
    if ((disagreements > 0)); then
        echo "$disagreements of ${#rows[@]} were not as expected."
        return 1
    fi
    echo "All ${#rows[@]} as expected."
}
