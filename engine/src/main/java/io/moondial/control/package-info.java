/**
 * How a running engine is asked: a socket on this machine that its owner alone can reach, one line
 * of JSON a request.
 */
@NullMarked
package io.moondial.control;

import org.jspecify.annotations.NullMarked;
