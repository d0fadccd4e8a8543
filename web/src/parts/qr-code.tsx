import { encode } from "uqr";

/** CSS pixels of one module: a camera a hand away reads it. */
const module = 4;

/**
 * A text as a QR code (ISO/IEC 18004), for the camera of another device: black on white in either scheme, with the
 * quiet zone of four modules.
 * @param label what it is, for who does not see it
 */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  const path = data
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      width={size * module}
      height={size * module}
      shapeRendering="crispEdges"
      className="qr-code"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
