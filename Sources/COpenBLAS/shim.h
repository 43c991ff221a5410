// OpenBLAS: the linear algebra of the class activation maps.
#pragma once
#include <cblas.h>
#include <stddef.h>

// LAPACK is in the library, its C header in another package: eigenvalues and eigenvectors of a symmetric matrix
// (netlib.org/lapack: dsyevr). The last arguments are the texts' lengths, which Fortran passes behind the others.
void dsyevr_(
    const char *jobz, const char *range, const char *uplo, const int *n, double *a, const int *lda, const double *vl,
    const double *vu, const int *il, const int *iu, const double *abstol, int *m, double *w, double *z, const int *ldz,
    int *isuppz, double *work, const int *lwork, int *iwork, const int *liwork, int *info, size_t jobz_length,
    size_t range_length, size_t uplo_length);
