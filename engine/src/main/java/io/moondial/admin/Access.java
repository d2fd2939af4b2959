package io.moondial.admin;

import java.util.function.BooleanSupplier;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** Who may call at a listener, and how he proves who he is. */
interface Access {
    /** At the unix socket: whoever can open it is its owner, or root. No browser can. */
    Access OWNER =
            new Access() {
                @Override
                public void requireHost(Request request) {
                    // There is no name by which it could be called.
                }

                @Override
                public Visitor visitor(Request request) {
                    return new Visitor(Caller.LOCAL, null, false, false, () -> true);
                }

                @Override
                public void requireOrigin(Request request, Visitor visitor, String what) {
                    // No page of the web gets there.
                }

                @Override
                public void requireSameSite(Request request, String what) {
                    // The same.
                }

                @Override
                public void requireRole(
                        Request request, Visitor visitor, Routes.Route route, String what) {
                    // The owner may do everything.
                }

                @Override
                public String from(Request request) {
                    return "the socket";
                }
            };

    /**
     * Who made a request.
     *
     * @param session the id of his session; null: he has none
     * @param byBrowser whether a browser may have added what proves it, unasked
     * @param protectedByTls whether what is answered reaches him through TLS
     * @param stillThere whether he may go on with what takes long
     */
    record Visitor(
            Caller caller,
            @Nullable String session,
            boolean byBrowser,
            boolean protectedByTls,
            BooleanSupplier stillThere) {}

    /** Refuses a request for a host that this is not. */
    void requireHost(Request request) throws Refusal;

    /** Who made a request; {@link Caller#NOBODY} if it does not say. */
    Visitor visitor(Request request) throws Refusal;

    /** Refuses a change that a page of somebody else asked a browser for. */
    void requireOrigin(Request request, Visitor visitor, String what) throws Refusal;

    /** The same of a request that reads something. */
    void requireSameSite(Request request, String what) throws Refusal;

    /** Refuses whoever may not do that. */
    void requireRole(Request request, Visitor visitor, Routes.Route route, String what)
            throws Refusal;

    /** Where a request comes from, for people. */
    String from(Request request);
}
