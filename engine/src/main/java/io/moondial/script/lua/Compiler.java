package io.moondial.script.lua;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
        return compile(text, name);
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
        return compile(text, name);
    }

    private static FunctionCode compile(SourceText text, String name) throws CompileFailure {
        if (text.at(0) == BINARY_MARK) {
            throw new CompileFailure(
                    0, 0, "a compiled (binary) chunk; only Lua source is accepted");
        }
        Prescan.check(text);
        SourceStream stream = new SourceStream(text);
        try {
            return translate(LuaC.instance.compile(stream, "=source"), name);
        } catch (org.luaj.vm2.LuaError e) {
            throw failure(String.valueOf(e.getMessage()), new Cursor(text, stream.position()));
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
}
