package io.moondial.script.api;

import io.moondial.script.lua.LuaString;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;

/**
 * A call in a {@link Journal}.
 *
 * @param result as {@link JournalValue} writes it; of one that failed, the message
 * @param key of {@link Journal#once} among its arguments; empty: none
 * @param secret whether the result has a secret answer
 */
record JournalEntry(
        String function,
        long print,
        Kind kind,
        boolean failed,
        LuaString result,
        String key,
        boolean secret) {
    enum Kind {
        /** A call that is made again behind a cut. */
        PLAIN,
        /** A change that was made. */
        CHANGE,
        /** A screen that takes no answer. */
        SCREEN,
        /** A screen whose answer did not come. */
        UNANSWERED,
        /** A screen whose answer was taken. */
        ANSWERED,
        /** A screen whose answer was refused. */
        REFUSED,
        /** A screen that never came to the subscriber, or that he has left. */
        GONE,
        /** The beginning of a call that makes others. Its end has the same function. */
        OPENED;

        boolean isScreen() {
            return switch (this) {
                case SCREEN, UNANSWERED, ANSWERED, REFUSED, GONE -> true;
                case PLAIN, CHANGE, OPENED -> false;
            };
        }
    }

    static final int OCTETS = 32;

    JournalEntry as(Kind other) {
        return new JournalEntry(function, print, other, failed, result, key, secret);
    }

    /** The same, as it is called now. */
    JournalEntry withPrint(long other) {
        return new JournalEntry(function, other, kind, failed, result, key, secret);
    }

    int octets() {
        return OCTETS + function.length() + result.length() + key.length();
    }

    void write(DataOutputStream out) throws IOException {
        out.writeUTF(function);
        out.writeLong(print);
        out.writeUTF(kind.name());
        out.writeBoolean(failed);
        out.writeInt(result.length());
        out.write(result.toOctets());
        out.writeUTF(key);
        out.writeBoolean(secret);
    }

    static JournalEntry read(DataInputStream in) throws IOException {
        return new JournalEntry(
                in.readUTF(),
                in.readLong(),
                readKind(in),
                in.readBoolean(),
                readResult(in),
                in.readUTF(),
                in.readBoolean());
    }

    private static Kind readKind(DataInputStream in) throws IOException {
        String name = in.readUTF();
        for (Kind kind : Kind.values()) {
            if (kind.name().equals(name)) {
                return kind;
            }
        }
        throw new IOException("a kind of call that does not exist");
    }

    private static LuaString readResult(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a result of " + length + " octets in " + in.available());
        }
        return LuaString.ofOctets(in.readNBytes(length));
    }

    /** What of it is written that is behind a secret answer. */
    JournalEntry behindSecret() {
        return new JournalEntry(
                function, 0, kind, failed, secret ? LuaString.EMPTY : result, key, secret);
    }
}
