package io.moondial.channel.ss7.screening;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One element of BER (ITU-T X.690 8.1) in a message: a tag, a length that may be indefinite, and
 * contents. Nothing is copied until it is asked for.
 */
public final class BerElement {
    private static final int CONSTRUCTED = 0x20;
    private static final int LONG_TAG = 0x1f;
    private static final int MORE = 0x80;
    private static final int INDEFINITE = 0x80;
    private static final int MAX_LENGTH_OCTETS = 3;
    private static final int END_OF_CONTENTS = 2;

    /** Deeper than any message of MAP goes; each level costs a call. */
    private static final int MAX_DEPTH = 24;

    private final byte[] source;
    private final int at;
    private final int content;
    private final int contentEnd;
    private final int end;

    private BerElement(byte[] source, int at, int content, int contentEnd, int end) {
        this.source = source;
        this.at = at;
        this.content = content;
        this.contentEnd = contentEnd;
        this.end = end;
    }

    /** The message that it is in. */
    public byte[] source() {
        return source;
    }

    /** Where the contents begin. */
    public int content() {
        return content;
    }

    /** Where the contents end, an end-of-contents mark not counted. */
    public int contentEnd() {
        return contentEnd;
    }

    /** Where the next element begins. */
    public int end() {
        return end;
    }

    /** The element that begins here and ends before {@code limit}. */
    public static BerElement read(byte[] source, int at, int limit) throws NotBerException {
        return read(source, at, limit, 0);
    }

    private static BerElement read(byte[] source, int at, int limit, int depth)
            throws NotBerException {
        if (depth > MAX_DEPTH) {
            throw new NotBerException("more than " + MAX_DEPTH + " elements are nested");
        }
        int afterTag = skipTag(source, at, limit);
        int first = octet(source, afterTag, limit);
        if (first == INDEFINITE) {
            return readIndefinite(source, at, afterTag + 1, limit, depth);
        }
        int content = afterTag + 1 + (first > INDEFINITE ? first - INDEFINITE : 0);
        int length = first > INDEFINITE ? longLength(source, afterTag + 1, content, limit) : first;
        if (length > limit - content) {
            throw new NotBerException(
                    "an element at octet %d is %d octets long where %d are left"
                            .formatted(at, length, limit - content));
        }
        return new BerElement(source, at, content, content + length, content + length);
    }

    private static int skipTag(byte[] source, int at, int limit) throws NotBerException {
        int next = at + 1;
        if ((octet(source, at, limit) & LONG_TAG) == LONG_TAG) {
            while ((octet(source, next++, limit) & MORE) != 0) {
                // The tag's number goes on.
            }
        }
        return next;
    }

    private static int longLength(byte[] source, int at, int end, int limit)
            throws NotBerException {
        if (end - at > MAX_LENGTH_OCTETS) {
            throw new NotBerException("a length of " + (end - at) + " octets");
        }
        int length = 0;
        for (int i = at; i < end; i++) {
            length = length << 8 | octet(source, i, limit);
        }
        return length;
    }

    private static BerElement readIndefinite(
            byte[] source, int at, int content, int limit, int depth) throws NotBerException {
        if ((source[at] & CONSTRUCTED) == 0) {
            throw new NotBerException("a primitive element of indefinite length at octet " + at);
        }
        int next = content;
        while (octet(source, next, limit) != 0 || octet(source, next + 1, limit) != 0) {
            next = read(source, next, limit, depth + 1).end;
        }
        return new BerElement(source, at, content, next, next + END_OF_CONTENTS);
    }

    private static int octet(byte[] source, int at, int limit) throws NotBerException {
        if (at >= limit) {
            throw new NotBerException("the octets end within an element, at octet " + at);
        }
        return source[at] & 0xff;
    }

    /** The first octet of the tag: class, form and, up to 30, the number. */
    public int tag() {
        return source[at] & 0xff;
    }

    public boolean constructed() {
        return (source[at] & CONSTRUCTED) != 0;
    }

    public int length() {
        return contentEnd - content;
    }

    public byte[] contents() {
        return Arrays.copyOfRange(source, content, contentEnd);
    }

    /** The elements within this one. */
    public List<BerElement> children() throws NotBerException {
        List<BerElement> children = new ArrayList<>(4);
        for (int next = content; next < contentEnd; next = children.getLast().end) {
            children.add(read(source, next, contentEnd));
        }
        return children;
    }

    /**
     * Writes this element with definite lengths throughout. What is in a constructed element and is
     * no BER itself goes as it came.
     */
    public void writeTo(ByteArrayOutputStream out) {
        writeTo(out, 0);
    }

    private void writeTo(ByteArrayOutputStream out, int depth) {
        byte[] contents = constructed() && depth < MAX_DEPTH ? definite(depth) : contents();
        out.write(source, at, tagOctets());
        writeLength(out, contents.length);
        out.writeBytes(contents);
    }

    private byte[] definite(int depth) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        try {
            for (BerElement child : children()) {
                child.writeTo(inner, depth + 1);
            }
            return inner.toByteArray();
        } catch (NotBerException e) {
            return contents();
        }
    }

    private int tagOctets() {
        int octets = 1;
        if ((source[at] & LONG_TAG) == LONG_TAG) {
            while ((source[at + octets++] & MORE) != 0) {
                // The tag's number goes on.
            }
        }
        return octets;
    }

    /** Writes an element of this tag, its length definite. */
    public static void write(ByteArrayOutputStream out, int tag, byte[] contents) {
        out.write(tag);
        writeLength(out, contents.length);
        out.writeBytes(contents);
    }

    private static void writeLength(ByteArrayOutputStream out, int length) {
        if (length >= 0x1_0000) {
            out.write(0x83);
            out.write(length >> 16);
            out.write(length >> 8);
        } else if (length >= 0x100) {
            out.write(0x82);
            out.write(length >> 8);
        } else if (length >= 0x80) {
            out.write(0x81);
        }
        out.write(length);
    }

    /** Octets that do not follow the basic encoding rules (ITU-T X.690 8). */
    public static final class NotBerException extends Exception {
        private static final long serialVersionUID = 1L;

        public NotBerException(String message) {
            super(message, null, false, false);
        }
    }
}
