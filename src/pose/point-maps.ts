/**
 * MediaPipe face mesh point of each of the 68 face points of COCO-WholeBody, in their order (jaw 17, brows 10, nose 9,
 * eyes 12, outer lips 12, inner lips 8). Source: the correspondence MediaPipe's canonical face model has with the 68 points of
 * iBUG, as used by pose estimators that turn Holistic into COCO-WholeBody.
 */
export const FACE_FROM_MESH: readonly number[] = [
  162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389, 71, 63, 105, 66, 107,
  336, 296, 334, 293, 301, 168, 197, 5, 4, 75, 97, 2, 326, 305, 33, 160, 158, 133, 153, 144, 362, 385, 387,
  263, 373, 380, 61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
];

/** MediaPipe pose point of each of the 17 body and 6 foot points (MediaPipe has one toe a foot: it stands for both). */
export const BODY_FROM_POSE: readonly number[] = [
  0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28, 31, 31, 29, 32, 32, 30,
];

/** OpenPose BODY_25 point of each of the 17 body and 6 foot points. */
export const BODY_FROM_OPENPOSE: readonly number[] = [
  0, 16, 15, 18, 17, 5, 2, 6, 3, 7, 4, 12, 9, 13, 10, 14, 11, 19, 20, 21, 22, 23, 24,
];

/** OpenPose COCO-18 point of each of the 17 body points. */
export const BODY_FROM_OPENPOSE18: readonly number[] = [
  0, 15, 14, 17, 16, 5, 2, 6, 3, 7, 4, 11, 8, 12, 9, 13, 10,
];

/** Mesh points on the contours of face, eyes, brows and lips (MediaPipe's FACEMESH_CONTOURS), in the order of their numbers. */
export const FACE_CONTOURS: readonly number[] = [
  0, 7, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80, 81, 82,
  84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153, 154,
  155, 157, 158, 159, 160, 161, 162, 163, 172, 173, 176, 178, 181, 185, 191, 234, 246, 249, 251, 263, 267,
  269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314, 317, 318,
  321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382, 384,
  385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466,
];
