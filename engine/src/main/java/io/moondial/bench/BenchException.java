package io.moondial.bench;

/** A bench that cannot be run as it was asked for. */
public final class BenchException extends Exception {
    private static final long serialVersionUID = 1L;

    BenchException(String message) {
        super(message);
    }
}
