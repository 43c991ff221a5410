package import Serve

/// Who is taught with what a camera sees: the same set, for the pipeline and for the server.
package struct CameraTeaching: Sendable {
    let live: any LiveTeacher
    let served: any ServedTeaching

    package init<Teacher: LiveTeacher & ServedTeaching>(_ teacher: Teacher) { (live, served) = (teacher, teacher) }
}
