"""Assignment: who reviews what, the canonical optimum with the prices that prove it."""

from accord.methods.assignment.certificate import AssignmentCertificate, CertificateCheck
from accord.methods.assignment.optimum import METHOD, VERSION, Assignment, AssignmentInfeasible, assign
from accord.methods.assignment.prices import AssignmentPrices
from accord.methods.assignment.reasons import AssignmentReason

__all__ = [
    "METHOD",
    "VERSION",
    "Assignment",
    "AssignmentCertificate",
    "AssignmentInfeasible",
    "AssignmentPrices",
    "AssignmentReason",
    "CertificateCheck",
    "assign",
]
