package io.moondial.channel.ss7;

/**
 * What a dialog and the layers below tell each other past the stack between them.
 *
 * @param undelivered from below: why no link took what was sent
 * @param hidden from above: the texts of what is sent have a secret in them, for whoever looks on
 */
record Asides(Aside<String> undelivered, Aside<Boolean> hidden) {
    Asides() {
        this(new Aside<>(), new Aside<>());
    }
}
