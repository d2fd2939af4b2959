package io.moondial.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The sections and lists that are open above a line of YAML, found by the columns of the lines
 * only, so that they are known even for a text that the parser has refused.
 */
final class OpenBlocks {
    private static final Pattern ITEM = Pattern.compile("- *(?=[^ ])|-$");
    private static final Pattern KEY =
            Pattern.compile("(\"[^\"]*\" *|'[^']*' *|[^ \"'{}\\[\\],#][^:]*):(?<value>(?: .*)?)");
    private static final Pattern NO_VALUE = Pattern.compile(" *(?:#.*)?");
    private static final Pattern BLOCK_SCALAR = Pattern.compile(".*[:-] +[|>][-+0-9]* *(?: #.*)?");

    private final List<String> lines;
    private final List<Block> open = new ArrayList<>(); // the outermost first

    /** The lines of a section's keys, or of a list's items, so far; all begin in one column. */
    private record Block(int column, boolean list, List<Integer> entries) {
        int first() {
            return entries.getFirst();
        }

        int last() {
            return entries.getLast();
        }
    }

    /** Those above a line, from 1, of these. */
    OpenBlocks(List<String> lines, int line) {
        this.lines = lines;
        int brackets = 0;
        int scalarIn = Integer.MAX_VALUE;
        for (int number = 1; number < Math.min(line, lines.size() + 1); number++) {
            String text = text(number);
            if (isSilent(text) || (brackets == 0 && indent(text) > scalarIn)) {
                continue;
            }
            if (brackets == 0) {
                enter(number);
                scalarIn = BLOCK_SCALAR.matcher(text).matches() ? indent(text) : Integer.MAX_VALUE;
            }
            brackets = Math.max(0, brackets + brackets(text));
        }
    }

    /** Whether a line says nothing. */
    static boolean isSilent(String text) {
        return text.isBlank() || text.stripLeading().startsWith("#");
    }

    /** How many blanks a line begins with. */
    static int indent(String text) {
        return text.length() - text.stripLeading().length();
    }

    private String text(int number) {
        return lines.get(number - 1);
    }

    private void enter(int number) {
        String rest = text(number).strip();
        int column = indent(text(number)) + 1;
        for (int depth = 0; depth < LocatedYaml.MAX_DEPTH; depth++) {
            Matcher item = ITEM.matcher(rest);
            if (!item.lookingAt()) {
                break;
            }
            enter(column, true, number);
            column += item.end();
            rest = rest.substring(item.end());
        }
        if (KEY.matcher(rest).matches()) {
            enter(column, false, number);
        }
    }

    private void enter(int column, boolean list, int number) {
        while (!open.isEmpty() && ends(open.getLast(), column, list)) {
            open.removeLast();
        }
        if (open.isEmpty() || open.getLast().column != column || open.getLast().list != list) {
            open.add(new Block(column, list, new ArrayList<>()));
        }
        open.getLast().entries.add(number);
    }

    /** A list may be in the column of its own key; the next key there ends it. */
    private static boolean ends(Block block, int column, boolean list) {
        return block.column > column || (block.column == column && block.list && !list);
    }

    /** How many more brackets a line opens than it closes, those in quotes left out. */
    private static int brackets(String text) {
        int more = 0;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char it = text.charAt(i);
            if (quote != 0) {
                i += it == '\\' && quote == '"' ? 1 : 0;
                quote = it == quote ? 0 : quote;
            } else if (it == '"' || it == '\'') {
                quote = it;
            } else if (it == '#' && (i == 0 || text.charAt(i - 1) == ' ')) {
                break;
            } else {
                more += "{[".indexOf(it) >= 0 ? 1 : "}]".indexOf(it) >= 0 ? -1 : 0;
            }
        }
        return more;
    }

    /** What is wrong with the column in which a line begins, as these are open above it. */
    Optional<Refusal> misplaced(int line) {
        String text = text(line);
        int column = indent(text) + 1;
        if (!open.isEmpty() && column < open.getFirst().column) {
            return Optional.of(firstKey(line));
        }
        return sectionEnded(line, column).or(() -> noRoom(line, column));
    }

    /** All lines at the top begin further left than the first one. */
    private Refusal firstKey(int line) {
        Block top = open.getFirst();
        return new Refusal(
                new Place(top.first(), top.column),
                "this line, the first of the file, begins in column %d, further right than line %d: begin both in column 1"
                        .formatted(top.column, line));
    }

    /**
     * A key that is further left than the section it is meant for, such as one whose # was removed
     * together with the spaces before it: the section ends there, and the line below it belongs to
     * none.
     */
    private Optional<Refusal> sectionEnded(int line, int column) {
        int at = open.size() - 1;
        while (at >= 0 && open.get(at).column >= column) {
            at--;
        }
        if (at < 0 || open.get(at).list || isItem(line)) {
            return Optional.empty();
        }
        List<Integer> keys = open.get(at).entries;
        boolean holdsList = at + 1 < open.size() && open.get(at + 1).list;
        int i = keys.size() - 1;
        if (!hasValue(keys.get(i)) && !holdsList) {
            return Optional.empty(); // the line may belong to this key
        }
        int ended = i - 1;
        while (ended >= 0 && hasValue(keys.get(ended))) {
            ended--;
        }
        if (ended < 0 || !couldHold(keys.get(ended), keys.get(ended + 1), column)) {
            return Optional.empty();
        }
        int section = keys.get(ended);
        String name = text(section).strip().replaceFirst(":.*", "");
        return Optional.of(
                new Refusal(
                        new Place(keys.get(ended + 1), open.get(at).column),
                        "this line begins in column %d and so ends the section %s of line %d, but line %d goes on in column %d: begin this line in column %d, too"
                                .formatted(
                                        open.get(at).column,
                                        Quote.of(name),
                                        section,
                                        line,
                                        column,
                                        column)));
    }

    /** Whether there is nothing below a key, up to the next one, or something in this column. */
    private boolean couldHold(int key, int next, int column) {
        for (int below = key + 1; below < next; below++) {
            if (!isSilent(text(below))) {
                return indent(text(below)) + 1 == column;
            }
        }
        return true;
    }

    private Optional<Refusal> noRoom(int line, int column) {
        Place at = new Place(line, column);
        boolean item = isItem(line);
        List<Block> fit = open.stream().filter(it -> it.list == item).toList();
        if (!item && !key(line).matches()) {
            return open.stream()
                    .filter(it -> it.list)
                    .reduce((outer, inner) -> inner)
                    .map(
                            it ->
                                    new Refusal(
                                            at,
                                            "this line is neither a key with a colon nor an item of a list: if it is an item, write \"- \" before it, with the - in column %d (as line %d)"
                                                    .formatted(it.column, it.last())));
        }
        return fit.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                at,
                                "this %s begins in column %d, which fits no line above it: begin it in column %s%s"
                                        .formatted(
                                                item ? "item" : "key",
                                                column,
                                                columns(fit),
                                                other(fit.getLast(), column))));
    }

    private static String columns(List<Block> fit) {
        return fit.stream()
                .map(it -> it.column + " (as line " + it.last() + ")")
                .collect(Collectors.joining(" or "));
    }

    /** The slip may be in the line above as well, if that is alone in its column. */
    private String other(Block innermost, int column) {
        int first = innermost.first();
        int around = open.indexOf(innermost) - 1;
        return innermost.entries.size() == 1
                        && indent(text(first)) + 1 == innermost.column
                        && around >= 0
                        && open.get(around).column < column
                ? ", or line %d in column %d".formatted(first, column)
                : "";
    }

    private boolean isItem(int line) {
        return ITEM.matcher(text(line).strip()).lookingAt();
    }

    private boolean hasValue(int line) {
        Matcher key = key(line);
        return !key.matches() || !NO_VALUE.matcher(key.group("value")).matches();
    }

    private Matcher key(int line) {
        return KEY.matcher(text(line).strip());
    }
}
