package io.starhash.logic;

/** Who wants to know from which line of a script a message comes. */
@FunctionalInterface
public interface SendWatch {
    /** Nobody does. */
    SendWatch NOBODY = (instanceId, place) -> {};

    /**
     * A message of a dialog is about to be sent; on the dialog's thread.
     *
     * @param place {@code file:line} of the primitive, the return or the fault that it comes from;
     *     empty where no script has got that far
     */
    void sending(String instanceId, String place);
}
