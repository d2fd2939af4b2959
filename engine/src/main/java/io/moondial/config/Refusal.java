package io.moondial.config;

/** A file that cannot be read any further, and why; no more can be said about the rest of it. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Place place;

    Refusal(Place place, String message) {
        super(message, null, false, false);
        this.place = place;
    }

    Place place() {
        return place;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
