package io.moondial.channel.ss7;

/** How closely the origin of a message is compared with the far side of its dialog. */
public enum OriginCheck {
    /** By point code, transaction id and calling party: see {@link #POINT_CODE}. */
    STRICT,
    /**
     * By point code and transaction id: the message's own must be those of the dialog. Another
     * point of the same application server does as well, since STPs that share the load are such.
     */
    POINT_CODE,
    /** Not at all: whoever knows an id of ours is believed. */
    OFF
}
