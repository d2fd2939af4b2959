package io.moondial.handset.program;

import io.moondial.channel.Address;
import io.moondial.channel.DialogLink.DialogGoneException;
import io.moondial.channel.ss7.FarSide;
import io.moondial.channel.ss7.Message.Operation;
import io.moondial.handset.Handset;
import io.moondial.handset.Handset.Subscriber;
import io.moondial.handset.Screen;
import io.moondial.handset.Subscribers;
import io.moondial.script.lua.Arguments;
import io.moondial.script.lua.Lua;
import io.moondial.script.lua.LuaFunction.NativeFunction;
import io.moondial.script.lua.LuaState;
import io.moondial.script.lua.LuaString;
import io.moondial.script.lua.LuaTable;
import io.moondial.text.Dcs;
import io.moondial.text.Dcs.Coding;
import io.moondial.text.UssdString;
import io.moondial.text.UssdString.UndecodableString;
import io.moondial.text.UssdString.UnsendableText;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A handset with the session of QuecPython's module {@code ussd}: one dialog at a time, which the
 * program or the network has begun, a state, a data coding scheme. Confined to the program's
 * thread; what comes from the network is put into the inbox, and counts as happened when it is
 * taken out. Only whether the network may begin a dialog is known at once: while there is a
 * session, the handset is busy.
 */
final class Phone implements Handset.Holder {
    /** Takes what happens, from any thread. */
    @FunctionalInterface
    interface Inbox {
        void put(Event event);
    }

    /** Something that is reported to the callback. */
    sealed interface Event {
        /** The network showed something in a session. */
        record Came(Session session, Screen screen, @Nullable UssdString received)
                implements Event {}

        /** The program ended its session. */
        record Stopped() implements Event {}
    }

    /** One dialog; another begins with the next thing that is dialled, or is pushed. */
    static final class Session {
        private @Nullable Handset handset;
        private Screen.@Nullable Menu open;
    }

    static final int DEFAULT_DCS = 15;

    /** Instead of a scheme: back to {@value #DEFAULT_DCS}. */
    static final int RESTORE = 0;

    /** What a program may set, as QuecPython's page has it. */
    static final Set<Integer> SETTABLE =
            IntStream.concat(IntStream.rangeClosed(RESTORE, 17), IntStream.of(68, 72, 240))
                    .boxed()
                    .collect(Collectors.toUnmodifiableSet());

    static final int MAX_OCTETS = 159;

    /** What comes before a text under a scheme that needs it. */
    static final String LANGUAGE = "en";

    private static final Logger log = LoggerFactory.getLogger(Phone.class);

    private final FarSide network;
    private final Subscriber subscriber;
    private final Inbox inbox;
    private int dcs = DEFAULT_DCS;

    /** Null: no dialog. */
    private final AtomicReference<@Nullable Session> session = new AtomicReference<>();

    Phone(FarSide network, Subscriber subscriber, Inbox inbox) {
        this.network = network;
        this.subscriber = subscriber;
        this.inbox = inbox;
    }

    /**
     * From now on it takes what the engine begins with its number; without a number, what it begins
     * with anybody.
     */
    void turnOn() {
        Subscribers subscribers = new Subscribers();
        Address number = subscriber.msisdn();
        if (number == null) {
            subscribers.others(this);
        } else {
            subscribers.on(number.digits(), this);
        }
        network.receive(subscribers);
    }

    /** It takes nothing any more, and leaves the dialog that it is in. */
    void turnOff() {
        network.receive(null);
        giveUp();
    }

    int dcs() {
        return dcs;
    }

    /** False if there is no such scheme; then nothing has changed. */
    boolean setDcs(double wanted) {
        int scheme = (int) wanted;
        if (scheme != wanted || !SETTABLE.contains(scheme)) {
            return false;
        }
        dcs = scheme == RESTORE ? DEFAULT_DCS : scheme;
        return true;
    }

    /** Whether a menu waits for what the program does. */
    boolean needsAction() {
        Session present = session.get();
        return present != null && present.open != null;
    }

    /** Whether the network owes an answer. */
    boolean isWaiting() {
        Session present = session.get();
        return present != null && present.open == null;
    }

    /**
     * Dials if there is no session, and answers if a menu is open.
     *
     * @param octets how many octets the program gave
     * @return false if that could not be done; then nothing has changed
     */
    boolean send(String text, int octets) {
        if (octets < 1 || octets > MAX_OCTETS || isWaiting()) {
            return false;
        }
        try {
            UssdString string = encode(text);
            Session present = session.get();
            return present == null ? dial(string) : answer(present, string);
        } catch (UnsendableText e) {
            log.info("ussd.send: {}", e.getMessage());
            return false;
        }
    }

    private UssdString encode(String text) throws UnsendableText {
        Dcs scheme = new Dcs(dcs);
        Coding coding = scheme.coding();
        return coding == Coding.GSM7_AFTER_LANGUAGE || coding == Coding.UCS2_AFTER_LANGUAGE
                ? UssdString.afterLanguage(LANGUAGE, text, scheme)
                : UssdString.encode(text, scheme);
    }

    private boolean dial(UssdString string) {
        Session begun = new Session();
        if (!session.compareAndSet(null, begun)) {
            return false; // the network was first
        }
        FarSide.Call call = subscriber.call(Operation.PROCESS_UNSTRUCTURED_SS_REQUEST, string);
        try {
            begun.handset = Handset.begin(network, call, eyes(begun));
            return true;
        } catch (IllegalStateException e) {
            session.set(null);
            log.warn("ussd.send: the network takes no dialog", e);
            return false;
        }
    }

    private Handset.Eyes eyes(Session seenBy) {
        return (screen, received) -> inbox.put(new Event.Came(seenBy, screen, received));
    }

    /** On a network thread. */
    @Override
    public Handset.@Nullable Eyes takes(Handset handset) {
        Session begun = new Session();
        begun.handset = handset;
        return session.compareAndSet(null, begun) ? eyes(begun) : null;
    }

    private static boolean answer(Session session, UssdString string) {
        Screen.Menu menu = session.open;
        if (menu == null) {
            throw new IllegalStateException("an answer without a menu");
        }
        try {
            handset(session).answer(menu, string);
        } catch (DialogGoneException e) {
            log.info("ussd.send: {}", e.getMessage());
            return false;
        }
        session.open = null;
        return true;
    }

    /** Ends the session; false if there is none that needs the program. */
    boolean stop() {
        if (!needsAction()) {
            return false;
        }
        giveUp();
        inbox.put(new Event.Stopped());
        return true;
    }

    /** Leaves the dialog, if there is one, as a handset that is switched off. */
    void giveUp() {
        Session present = session.getAndSet(null);
        if (present != null) {
            try {
                handset(present).abandon();
            } catch (DialogGoneException e) {
                log.debug("the dialog had ended already", e);
            }
        }
    }

    /** Lets something happen; null: it is of a session that the program has left. */
    @Nullable Reply happened(Event event) {
        return switch (event) {
            case Event.Stopped stopped -> Reply.ended();
            case Event.Came came when came.session() != session.get() -> null;
            case Event.Came(Session present, Screen screen, UssdString received) -> {
                happened(present, screen);
                yield Reply.of(screen, received);
            }
        };
    }

    private void happened(Session present, Screen screen) {
        if (screen.isLast()) {
            session.set(null);
        } else if (screen instanceof Screen.Menu menu) {
            present.open = menu;
        } else if (screen instanceof Screen.Notify notify) {
            try {
                handset(present).acknowledge(notify);
            } catch (DialogGoneException e) {
                log.debug("the dialog ended before a notify could be acknowledged", e);
            }
        }
    }

    private static Handset handset(Session session) {
        Handset handset = session.handset;
        if (handset == null) {
            throw new IllegalStateException("a session without a dialog");
        }
        return handset;
    }

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
         * The code if the network gave none: "operation not supported" (3GPP TS 27.007 9.2.1),
         * which is the one that QuecPython's page shows.
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
         * A {@link Reply} as the callback gets it: a table indexed from 0, that prints as the
         * tuple.
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
}
