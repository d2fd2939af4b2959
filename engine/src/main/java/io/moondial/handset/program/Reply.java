package io.moondial.handset.program;

import io.moondial.handset.Screen;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import org.jspecify.annotations.Nullable;

/**
 * What the callback of {@code ussd.setCallback} gets: the four values of its argument, in their
 * order.
 *
 * @param status 0 a text came; 1 the session ended; 2 and 3 success without a text; 4 an error
 * @param text if the status is 0; otherwise ""
 * @param dcs the data coding scheme of what came; 0: nothing came that has one
 * @param error if the status is 4; otherwise 0
 */
record Reply(int status, String text, int dcs, int error) {
    static final int TEXT = 0;
    static final int ENDED = 1;

    /** The final result, and nothing in it. */
    static final int RESULT_WITHOUT_TEXT = 2;

    /** Something on the way to the result, and nothing in it. */
    static final int SCREEN_WITHOUT_TEXT = 3;

    static final int ERROR = 4;

    /**
     * The code if the network gave none: "operation not supported" (3GPP TS 27.007 9.2.1), which is
     * the one that QuecPython's page shows.
     */
    static final int NOT_SUPPORTED = 4;

    /** The session is over: the program or the network ended it without another word. */
    static Reply ended() {
        return new Reply(ENDED, "", 0, 0);
    }

    /** What a screen comes to. */
    static Reply of(Screen screen, @Nullable UssdString received) {
        return switch (screen) {
            case Screen.Menu menu -> of(received, SCREEN_WITHOUT_TEXT);
            case Screen.Notify notify -> of(received, SCREEN_WITHOUT_TEXT);
            case Screen.Respond respond -> of(received, RESULT_WITHOUT_TEXT);
            case Screen.Acknowledge acknowledge -> of(received, RESULT_WITHOUT_TEXT);
            case Screen.Close close -> ended();
            case Screen.Decline(int code) -> failed(0, code);
            case Screen.Abort abort -> failed(0, NOT_SUPPORTED);
            case Screen.Reject reject -> failed(0, NOT_SUPPORTED);
        };
    }

    private static Reply of(@Nullable UssdString received, int withoutText) {
        if (received == null) {
            return new Reply(withoutText, "", 0, 0);
        }
        int dcs = received.dcs().octet();
        try {
            String text = received.decode();
            return new Reply(text.isEmpty() ? withoutText : TEXT, text, dcs, 0);
        } catch (UndecodableString e) {
            return failed(dcs, NOT_SUPPORTED);
        }
    }

    private static Reply failed(int dcs, int code) {
        return new Reply(ERROR, "", dcs, code);
    }

    /** As Python prints the tuple: {@code (4, '', 0, 4)}. */
    @Override
    public String toString() {
        return "(" + status + ", " + quoted(text) + ", " + dcs + ", " + error + ")";
    }

    static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder quoted = new StringBuilder().append(quote);
        text.chars().forEach(c -> append(quoted, (char) c, quote));
        return quoted.append(quote).toString();
    }

    private static void append(StringBuilder quoted, char c, char quote) {
        switch (c) {
            case '\n' -> quoted.append("\\n");
            case '\r' -> quoted.append("\\r");
            case '\t' -> quoted.append("\\t");
            case '\\' -> quoted.append("\\\\");
            default -> {
                if (Character.isISOControl(c)) {
                    quoted.append("\\x%02x".formatted((int) c));
                } else {
                    quoted.append(c == quote ? "\\" + c : String.valueOf(c));
                }
            }
        }
    }

    /**
     * A {@link Reply} as the callback gets it: a table indexed from 0, that prints as the tuple.
     */
    static final class ReplyTable {
        private static final LuaTable METATABLE = metatable();

        private ReplyTable() {}

        static LuaTable of(Reply reply, LuaState state) {
            LuaTable table = state.newTable();
            table.set(0, Lua.number(reply.status()));
            table.set(1, state.newString(reply.text()));
            table.set(2, Lua.number(reply.dcs()));
            table.set(3, Lua.number(reply.error()));
            table.setMetatable(METATABLE);
            return table;
        }

        private static LuaTable metatable() {
            LuaTable metatable = LuaTable.unmetered();
            metatable.set("__tostring", new NativeFunction("__tostring", ReplyTable::print));
            metatable.set("__metatable", false);
            return metatable.seal("the metatable of a reply");
        }

        /** The callback may have put other values in; they are printed as Lua does. */
        private static @Nullable Object[] print(Arguments a) {
            LuaTable table = a.table(1);
            StringBuilder tuple = new StringBuilder("(");
            for (int i = 0; i <= 3; i++) {
                tuple.append(i > 0 ? ", " : "").append(item(a, table.get(i)));
            }
            return Lua.values(a.state().newString(tuple.append(')').toString()));
        }

        private static String item(Arguments a, @Nullable Object value) {
            return value instanceof LuaString text
                    ? Reply.quoted(text.toText())
                    : a.state().toText(value).toText();
        }
    }
}
