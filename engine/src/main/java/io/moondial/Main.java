package io.moondial;

import io.moondial.cli.Ussd;

/** The program's entry. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(Ussd.run(args));
    }
}
