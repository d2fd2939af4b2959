package io.moondial.script.lua;

import io.moondial.script.lua.Compiler.CompileFailure;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LocVars;
import org.luaj.vm2.Prototype;
import org.luaj.vm2.Upvaldesc;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.jse.JseMathLib;

/**
 * Lua source to {@link FunctionCode}, by LuaJ's compiler. The one place that knows LuaJ: what it
 * gives is translated into our own types at once, and none of its values, tables or libraries ever
 * run.
 */
public final class Compiler {
    /** What the name of a chunk begins with that is a part of the engine; no file's does. */
    static final String SHIPPED = "engine:";

    private static final Pattern PLACED = Pattern.compile("(?s).*?:(\\d+): (.*)");
    private static final Pattern JUMP =
            Pattern.compile("no visible label '(.*)' for <goto> at line (\\d+)");
    private static final int BINARY_MARK = 0x1b;

    public Compiler() {
        // 2^0.5 between constants is computed at compile time; without this, by a rough
        // approximation
        new JseMathLib();
    }

    /**
     * Compiles a file, which may begin with a byte order mark and with a line that begins with
     * {@code #}.
     *
     * @param source the text in UTF-8
     * @param name as messages and stacks name it
     * @throws CompileFailure if it is not Lua
     */
    public FunctionCode compileFile(LuaString source, String name) throws CompileFailure {
        SourceText text = SourceText.ofFile(source);
        if (text.at(0) != BINARY_MARK) {
            text.requireUtf8();
        }
        return compile(text, name, true);
    }

    /**
     * Compiles a part of the engine. Its functions do not appear among the places of a run: an
     * error in one is one of the script that called it.
     *
     * @throws IllegalArgumentException if it is not Lua
     */
    public FunctionCode compileShipped(LuaString source, String name) {
        try {
            return compile(new SourceText(source.toOctets()), SHIPPED + name, false);
        } catch (CompileFailure e) {
            throw new IllegalArgumentException(name + ":" + e.line() + ": " + e.getMessage(), e);
        }
    }

    /**
     * Compiles a chunk that is not a file: a text that a script made. Its strings and comments may
     * have any octets.
     *
     * @throws CompileFailure if it is not Lua
     */
    public FunctionCode compileChunk(LuaString source, String name) throws CompileFailure {
        SourceText text = new SourceText(source.toOctets());
        if (text.at(0) == '#') {
            throw text.failure(0, "unexpected symbol near '#'");
        }
        return compile(text, name, false);
    }

    private static FunctionCode compile(SourceText text, String name, boolean isFile)
            throws CompileFailure {
        if (text.at(0) == BINARY_MARK) {
            throw new CompileFailure(
                    0, 0, "a compiled (binary) chunk; only Lua source is accepted");
        }
        Prescan.check(text);
        SourceStream stream = new SourceStream(text);
        try {
            return translate(LuaC.instance.compile(stream, "=source"), name);
        } catch (org.luaj.vm2.LuaError e) {
            CompileFailure failure =
                    failure(String.valueOf(e.getMessage()), new Cursor(text, stream.position()));
            throw isFile ? failure.with(Token.meantAsFunction(text, failure.line), text) : failure;
        } catch (NullPointerException e) {
            throw new Cursor(text, stream.position()).failure(brokenLimit(e));
        } catch (StackOverflowError e) {
            throw new Cursor(text, stream.position()).failure("nested too deeply");
        } catch (ArrayIndexOutOfBoundsException e) {
            throw new Cursor(text, stream.position()).failure(overflow(e));
        } catch (IOException | RuntimeException e) {
            throw new Cursor(text, stream.position()).failure("the compiler failed: " + e);
        }
    }

    /** What LuaJ says, at the line it says, and near the word that its reader had come to. */
    private static CompileFailure failure(String message, Cursor cursor) {
        Matcher placed = PLACED.matcher(message);
        if (!placed.matches()) {
            return cursor.failure(message);
        }
        String said = placed.group(2);
        Matcher jump = JUMP.matcher(said);
        if (jump.matches()) {
            int line = Integer.parseInt(jump.group(2));
            return new CompileFailure(line, 0, jumpMessage(jump.group(1)));
        }
        // "unexpected symbol 60 (<)": the word that follows says it better
        said = said.replaceFirst("(unexpected symbol) .*", "$1");
        return cursor.failure(Integer.parseInt(placed.group(1)), said);
    }

    /** LuaJ fails while it tries to report that a function has too much of something. */
    private static String brokenLimit(NullPointerException e) {
        StackTraceElement[] trace = e.getStackTrace();
        boolean limit = trace.length > 0 && trace[0].getMethodName().equals("errorlimit");
        return limit
                ? "too many local variables (at most 200 in a function) or captured ones (255)"
                : "the compiler failed: " + e;
    }

    /** What LuaJ counts in 16 bits, it counts on below zero. */
    private static String overflow(ArrayIndexOutOfBoundsException e) {
        return String.valueOf(e.getMessage()).contains("Index -")
                ? "too many local variables, labels or jumps in one function (at most 32767)"
                : "the compiler failed: " + e;
    }

    private static String jumpMessage(String label) {
        return label.equals("break")
                ? "break outside a loop"
                : "no visible label '" + label + "' for this goto";
    }

    private static FunctionCode translate(Prototype prototype, String name) {
        FunctionCode[] children = new FunctionCode[prototype.p.length];
        for (int i = 0; i < children.length; i++) {
            children[i] = translate(prototype.p[i], name);
        }
        return new FunctionCode(
                name,
                prototype.linedefined,
                prototype.numparams,
                prototype.is_vararg != 0,
                prototype.maxstacksize,
                prototype.code,
                prototype.lineinfo,
                constants(prototype.k),
                children,
                captures(prototype.upvalues),
                locals(prototype.locvars));
    }

    private static @Nullable Object[] constants(org.luaj.vm2.LuaValue[] values) {
        @Nullable Object[] constants = new @Nullable Object[values.length];
        for (int i = 0; i < values.length; i++) {
            constants[i] = constant(values[i]);
        }
        return constants;
    }

    private static @Nullable Object constant(org.luaj.vm2.LuaValue value) {
        return switch (value) {
            case org.luaj.vm2.LuaString s -> octets(s);
            case org.luaj.vm2.LuaNumber n -> (Double) n.todouble();
            case org.luaj.vm2.LuaBoolean b -> (Boolean) b.v;
            default -> null;
        };
    }

    private static LuaString octets(org.luaj.vm2.LuaString string) {
        byte[] octets = new byte[string.m_length];
        string.copyInto(0, octets, 0, octets.length);
        return LuaString.ofOctets(octets);
    }

    private static FunctionCode.Capture[] captures(Upvaldesc[] descriptions) {
        FunctionCode.Capture[] captures = new FunctionCode.Capture[descriptions.length];
        for (int i = 0; i < captures.length; i++) {
            Upvaldesc d = descriptions[i];
            captures[i] = new FunctionCode.Capture(octets(d.name).toText(), d.instack, d.idx);
        }
        return captures;
    }

    private static List<FunctionCode.Local> locals(LocVars[] variables) {
        List<FunctionCode.Local> locals = new ArrayList<>();
        for (LocVars v : variables) {
            locals.add(new FunctionCode.Local(octets(v.varname).toText(), v.startpc, v.endpc));
        }
        return locals;
    }

    /** How far the compiler had read when it gave up: from that, the word it gave up at. */
    private static final class Cursor {
        private static final int LONGEST_WORD = 40;

        private final SourceText source;
        private final int start;
        private final String word;

        /**
         * Finds the word.
         *
         * @param read how many octets were read: one more than the word that was looked at
         */
        Cursor(SourceText source, int read) {
            this.source = source;
            int end = Math.min(read - 1, source.length());
            while (end > 0 && end < source.length() && SourceText.isBlank(source.at(end - 1))) {
                end--;
            }
            if (read > source.length() + 1) {
                this.start = source.length();
                this.word = "<eof>";
            } else {
                this.start = startOfWord(source, end);
                this.word = "'" + source.text(start, Math.max(start, end)) + "'";
            }
        }

        private static int startOfWord(SourceText source, int end) {
            int start = end;
            while (start > 0 && SourceText.isWord(source.at(start - 1))) {
                start--;
            }
            return start == end ? Math.max(0, end - 1) : start;
        }

        /** A failure at a line, and at the word's column if the word is on that line. */
        CompileFailure failure(int line, String message) {
            if (line != source.lineOf(start)) {
                return new CompileFailure(line, 0, message);
            }
            String near = word.length() > LONGEST_WORD ? "" : " near " + word;
            return source.failure(start, message + near);
        }

        /** A failure at the word. */
        CompileFailure failure(String message) {
            return failure(source.lineOf(start), message);
        }
    }

    /**
     * Lua source as the compiler reads it. In an unfinished string that ends in {@code \z}, the
     * compiler reads for ever, and takes the end of input for white space. So after enough such
     * reads this stream ends it with an unchecked exception, because the compiler swallows an
     * IOException.
     */
    @SuppressWarnings("InputStreamSlowMultibyteRead") // the compiler reads octet by octet
    static final class SourceStream extends InputStream {
        /** Thrown out of the compiler. */
        static final class ReadPastEnd extends RuntimeException {
            private static final long serialVersionUID = 1L;

            ReadPastEnd() {
                super("read past the end", null, false, false);
            }
        }

        private static final int READS_PAST_END = 64;

        private final SourceText source;
        private int read;

        SourceStream(SourceText source) {
            this.source = source;
        }

        /**
         * The next octet; after the last one a space, so that the last word is complete before the
         * end.
         */
        @Override
        public int read() {
            int index = read++;
            if (index > source.length() + READS_PAST_END) {
                throw new ReadPastEnd();
            }
            return index == source.length() ? ' ' : source.at(index);
        }

        /** How many octets have been asked for. */
        int position() {
            return read;
        }
    }

    /** Lua source that does not compile: where, and why. */
    public static final class CompileFailure extends Exception {
        private static final long serialVersionUID = 1L;

        private final int line;
        private final int column;

        /**
         * @param line from 1; 0 if the source as a whole is meant
         * @param column from 1, in octets; 0 if it is not known
         */
        CompileFailure(int line, int column, String message) {
            super(message, null, false, false);
            this.line = line;
            this.column = column;
        }

        /** The same, with the word that may be the reason. */
        private CompileFailure with(@Nullable Token meantAsFunction, SourceText source) {
            return meantAsFunction == null
                    ? this
                    : new CompileFailure(
                            line,
                            column,
                            "%s; line %d has '%s': did you mean function?"
                                    .formatted(
                                            getMessage(),
                                            source.lineOf(meantAsFunction.at()),
                                            meantAsFunction.text()));
        }

        public int line() {
            return line;
        }

        public int column() {
            return column;
        }
    }

    /**
     * The pass over Lua source before LuaJ's compiler sees it. It refuses what that compiler takes
     * without a word (escapes that are none, {@code 1d}, {@code 0x}, control characters) or hangs
     * on (a string that ends within {@code \z}, thousands of conditions in a chain), with line and
     * column, and rewrites what it misreads ({@code 0x1p+4}).
     */
    private static final class Prescan {
        private static final int LARGEST_OCTET = 255;

        /**
         * What LuaJ's compiler joins by jumps. With each, or with each block, it goes through all
         * those that wait for their end: a chain of ten thousand takes it a third of a second, what
         * fits into a file half a minute and more.
         */
        private static final Set<String> JOINING = Set.of("and", "or", "elseif", "goto", "break");

        private static final int MOST_JOINING = 10_000;

        private static final String HEX = "0123456789abcdef";

        /** So many hexadecimal digits are exact whatever they are. */
        private static final int EXACT_DIGITS = 13;

        /** More digits than decide how a number is rounded, except for whether anything follows. */
        private static final int ROUNDED_DIGITS = 15;

        private final SourceText source;
        private int at;
        private int joining;

        private Prescan(SourceText source) {
            this.source = source;
        }

        /** Goes through the source, which may be changed, but keeps its length. */
        static void check(SourceText source) throws CompileFailure {
            new Prescan(source).checkAll();
        }

        private void checkAll() throws CompileFailure {
            if (peek(0) == '#') {
                skipLine();
            }
            while (at < source.length()) {
                int c = peek(0);
                if (c == '-' && peek(1) == '-') {
                    skipComment();
                } else if (source.longBracketLevel(at) >= 0) {
                    skipLongBracket("string");
                } else if (c == '"' || c == '\'') {
                    checkString(c);
                } else if (SourceText.isDigit(c) || (c == '.' && SourceText.isDigit(peek(1)))) {
                    checkNumeral();
                } else if (SourceText.isWord(c)) {
                    checkWord();
                } else {
                    checkSymbol(c);
                }
            }
        }

        private int peek(int ahead) {
            return source.at(at + ahead);
        }

        private void skipLine() {
            while (at < source.length() && !SourceText.isLineEnd(peek(0))) {
                at++;
            }
        }

        private void checkWord() throws CompileFailure {
            int start = at;
            while (SourceText.isWord(peek(0))) {
                at++;
            }
            if (JOINING.contains(source.text(start, at)) && ++joining > MOST_JOINING) {
                throw source.failure(
                        start,
                        "more than "
                                + MOST_JOINING
                                + " of 'and', 'or', 'elseif', 'goto' and 'break' in one file; look things"
                                + " up in a table instead, or put a part into a module");
            }
        }

        private void skipComment() throws CompileFailure {
            at += 2;
            if (source.longBracketLevel(at) >= 0) {
                skipLongBracket("comment");
            } else {
                skipLine();
            }
        }

        private void skipLongBracket(String what) throws CompileFailure {
            int end = source.afterLongBracket(at, source.longBracketLevel(at));
            if (end < 0) {
                throw source.failure(at, "unfinished long " + what);
            }
            at = end;
        }

        private void checkString(int quote) throws CompileFailure {
            int start = at++;
            while (peek(0) != quote) {
                if (peek(0) < 0 || SourceText.isLineEnd(peek(0))) {
                    throw source.failure(start, "unfinished string");
                }
                if (peek(0) == '\\') {
                    checkEscape();
                } else {
                    at++;
                }
            }
            at++;
        }

        private void checkEscape() throws CompileFailure {
            int start = at++;
            int c = peek(0);
            if (SourceText.isLineEnd(c)) {
                at = source.afterLineEnd(at);
            } else if (c == 'z') {
                at++;
                while (SourceText.isBlank(peek(0))) {
                    at++;
                }
            } else if (c == 'x') {
                if (!SourceText.isHexDigit(peek(1)) || !SourceText.isHexDigit(peek(2))) {
                    throw source.failure(start, "two hexadecimal digits expected after \\x");
                }
                at += 3;
            } else if (SourceText.isDigit(c)) {
                checkDecimalEscape(start);
            } else if ("abfnrtv\\\"'".indexOf(c) >= 0) {
                at++;
            } else if (c >= 0) {
                throw source.failure(
                        start,
                        "invalid escape sequence '\\"
                                + source.text(at, at + 1)
                                + "'; a backslash itself is written \\\\");
            }
        }

        private void checkDecimalEscape(int start) throws CompileFailure {
            int value = 0;
            for (int digits = 0; digits < 3 && SourceText.isDigit(peek(0)); digits++) {
                value = value * 10 + peek(0) - '0';
                at++;
            }
            if (value > LARGEST_OCTET) {
                throw source.failure(start, "decimal escape too large: at most \\255");
            }
        }

        /** Reads on as Lua 5.2's lexer does, then asks whether what it took is a numeral. */
        private void checkNumeral() throws CompileFailure {
            int start = at;
            boolean hexadecimal = peek(0) == '0' && (peek(1) | 0x20) == 'x';
            int exponent = hexadecimal ? 'p' : 'e';
            at += hexadecimal ? 2 : 0;
            while (true) {
                if ((peek(0) | 0x20) == exponent && peek(0) > 0) {
                    at += peek(1) == '+' || peek(1) == '-' ? 2 : 1;
                }
                if (!SourceText.isHexDigit(peek(0)) && peek(0) != '.') {
                    break;
                }
                at++;
            }
            if (new Numbers.Numeral(source.slice(start, at), 0, at - start).value() == null) {
                throw source.failure(
                        start, "malformed number near '" + source.text(start, at) + "'");
            }
            if (hexadecimal) {
                roundDigits(start);
                removePlus(start);
            }
        }

        /**
         * LuaJ rounds at each digit beyond the 53 bits of a number. So these digits are rounded
         * here, once, and are then zeros. (If that carries over all digits, LuaJ gets the same
         * result.)
         */
        private void roundDigits(int start) {
            int[] places = significantPlaces(start);
            long head = 0;
            for (int i = 0; i < ROUNDED_DIGITS; i++) {
                int digit = i < places.length ? Character.digit(source.at(places[i]), 16) : 0;
                head = head << 4 | digit;
            }
            boolean more =
                    Arrays.stream(places).skip(ROUNDED_DIGITS).anyMatch(at -> source.at(at) != '0');
            long rounded = (long) (double) (head << 1 | (more ? 1 : 0)) >> 1;
            if (places.length <= EXACT_DIGITS || rounded >> (4 * ROUNDED_DIGITS) != 0) {
                return;
            }
            for (int i = 0; i < places.length; i++) {
                int shift = 4 * (ROUNDED_DIGITS - 1 - i);
                source.replace(
                        places[i], shift < 0 ? '0' : HEX.charAt((int) (rounded >> shift) & 15));
            }
        }

        /** Where the digits of a hexadecimal numeral are, from the first that is not zero. */
        private int[] significantPlaces(int start) {
            return IntStream.range(start + 2, at)
                    .takeWhile(i -> (source.at(i) | 0x20) != 'p')
                    .filter(i -> source.at(i) != '.')
                    .dropWhile(i -> source.at(i) == '0')
                    .toArray();
        }

        /** LuaJ reads a binary exponent with a plus sign as 0. */
        private void removePlus(int start) {
            for (int i = start; i < at; i++) {
                if (source.at(i) == '+') {
                    for (int j = i; j < at - 1; j++) {
                        source.replace(j, source.at(j + 1));
                    }
                    source.replace(at - 1, ' ');
                }
            }
        }

        private void checkSymbol(int c) throws CompileFailure {
            boolean control = (c < ' ' && !SourceText.isBlank(c)) || c == 0x7f;
            if (control || c >= 0x80) {
                String rest = source.text(at, Math.min(source.length(), at + 4));
                String shown =
                        control ? "\\" + c : rest.substring(0, rest.offsetByCodePoints(0, 1));
                throw source.failure(
                        at,
                        "unexpected character '"
                                + shown
                                + "': only ASCII is allowed outside strings and comments");
            }
            at++;
        }
    }
}
