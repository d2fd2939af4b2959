package io.moondial.admin;

/** A call that is not answered as it wants; the caller gets the status and the message. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final int status;

    private Refusal(int status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    /** What was asked makes no sense (400); the message says what is allowed. */
    public static Refusal badRequest(String message) {
        return new Refusal(400, message);
    }

    /** There is no such thing (404). */
    public static Refusal notFound(String message) {
        return new Refusal(404, message);
    }

    /** It cannot be done as things stand (409); the message says why and what to do. */
    public static Refusal conflict(String message) {
        return new Refusal(409, message);
    }

    /** A limit is reached (429); the message names it. */
    public static Refusal tooMany(String message) {
        return new Refusal(429, message);
    }

    /** Another status of HTTP. */
    static Refusal of(int status, String message) {
        return new Refusal(status, message);
    }

    int status() {
        return status;
    }

    /** Never null. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
