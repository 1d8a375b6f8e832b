#include <stdio.h>
#include <zlib.h>

int main(void)
{
    printf("hello%s zlib %s\n", LOUD ? "!!!" : "", zlibVersion());
    return 0;
}
