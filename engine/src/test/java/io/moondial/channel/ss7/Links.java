package io.moondial.channel.ss7;

/** Several links, of which a test says which one a message has come over. */
final class Links implements LinksBelow {
    private Object current = "a1";

    /** What is handed up next came over this one. */
    void over(Object link) {
        current = link;
    }

    @Override
    public boolean leadsTo(int pointCode) {
        return true;
    }

    @Override
    public boolean cameOverLinkTo(int pointCode) {
        return true;
    }

    @Override
    public Object current() {
        return current;
    }

    @Override
    public boolean areSeveral() {
        return true;
    }
}
