package io.starhash;

import io.starhash.cli.Ussd;

/** The program's entry. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Ussd.run(args));
    }
}
