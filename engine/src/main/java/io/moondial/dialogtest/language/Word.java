package io.moondial.dialogtest.language;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a step begins with. */
enum Word {
    TEST("test", Kind.FRAME),
    BEFORE("before", Kind.FRAME),
    STEPS("steps", Kind.FRAME),
    DO("do", Kind.USE),
    SAME_DIALOG("same dialog", Kind.HEAD),
    TAGS("tags", Kind.HEAD),
    SKIP("skip", Kind.HEAD),
    EACH("each", Kind.HEAD),
    GIVEN("given", Kind.HEAD),
    HANDSET("handset", Kind.SETTING),
    FROM("from", Kind.SETTING),
    TO("to", Kind.SETTING),
    ORIGINATION("origination", Kind.SETTING),
    IMSI("imsi", Kind.SETTING),
    SSN("ssn", Kind.SETTING),
    DCS("dcs", Kind.SETTING),
    DIAL("dial", Kind.OPENING),
    PUSH("push", Kind.OPENING),
    ORDER("order", Kind.OPENING),
    ANSWER("answer", Kind.TALK),
    LATE_ANSWER("late answer", Kind.TALK),
    ANSWER_AND_RELEASE("answer and release", Kind.TALK),
    REJECT("reject", Kind.TALK),
    REJECT_AND_RELEASE("reject and release", Kind.TALK),
    ABANDON("abandon", Kind.TALK),
    RELEASE("release", Kind.TALK),
    WAIT("wait", Kind.TALK),
    LEAVE_OPEN("leave open", Kind.TALK),
    MENU("menu", Kind.TALK),
    NOTIFY("notify", Kind.TALK),
    RESPOND("respond", Kind.TALK),
    DECLINE("decline", Kind.TALK),
    ACKNOWLEDGE("acknowledge", Kind.TALK),
    CLOSE("close", Kind.TALK),
    ABORT("abort", Kind.TALK),
    EDR("edr", Kind.TALK),
    NO_EDR("no edr", Kind.TALK),
    EDRS("edrs", Kind.TALK),
    LOG("log", Kind.TALK),
    NO_LOG("no log", Kind.TALK),
    STAT("stat", Kind.TALK),
    /** A module's name: what its stand-in checks. */
    MODULE("", Kind.TALK),
    NO_MODULE("no", Kind.TALK);

    /** Where a step may be. */
    enum Kind {
        /** Begins a test, what comes before each test, or steps that have a name. */
        FRAME,
        /** Stands for the steps of a name. */
        USE,
        /** Of the test as a whole: before anything is dialled. */
        HEAD,
        /** Of a handset, for what it dials next. */
        SETTING,
        /** Begins a dialog. */
        OPENING,
        /** Within a dialog, or after it. */
        TALK
    }

    private static final List<Word> LONGEST_FIRST =
            Arrays.stream(values())
                    .filter(Word::isFixed)
                    .sorted(Comparator.comparingInt((Word word) -> -word.text.length()))
                    .toList();

    private final String text;
    private final Kind kind;

    Word(String text, Kind kind) {
        this.text = text;
        this.kind = kind;
    }

    /** As it is written. */
    String text() {
        return text;
    }

    private boolean isFixed() {
        return this != MODULE && this != NO_MODULE;
    }

    Kind kind() {
        return kind;
    }

    /** Whether it looks at what has happened so far, and nothing happens by it. */
    boolean isCheck() {
        return switch (this) {
            case EDR, NO_EDR, EDRS, LOG, NO_LOG, STAT, MODULE, NO_MODULE -> true;
            default -> false;
        };
    }

    /** The longest one that a line begins with; empty: none. */
    static Optional<Word> atStartOf(String line) {
        return LONGEST_FIRST.stream().filter(word -> word.begins(line)).findFirst();
    }

    private boolean begins(String line) {
        return line.startsWith(text)
                && (line.length() == text.length() || Lexer.isBlank(line.charAt(text.length())));
    }

    static List<String> texts() {
        return Arrays.stream(values()).filter(Word::isFixed).map(Word::text).toList();
    }
}
